"""Virtual nodes, such as reroutes: a link passes through them, and nothing that is computed knows of them."""

from __future__ import annotations

import pytest

from tests.engine.kinds import CALLS, REGISTRY, draw
from virgil_nb.engine import Document, Engine, WorkflowInvalid, node, validate
from virgil_nb.engine.planning.modes import effective_document

STRAIGHT = "A:number(value=2) -> B:add(step=5).x -> C:show.x"
ROUNDABOUT = """
    A:number(value=2) -> R:dot.at -> S:dot.at -> B:add(step=5).x
    B -> T:dot.at -> C:show.x
"""


def with_mode(document: Document, key: str, mode: str) -> Document:
    return document.with_nodes({name: item.with_(mode=mode if name == key else item.mode) for name, item in document.nodes.items()})


@node(registry=REGISTRY)
def pick(text: str, count: int) -> tuple[str, int]:
    return text, count


def test_a_link_through_reroutes_brings_the_value_and_no_reroute_is_run_or_listed(engine: Engine) -> None:
    result = engine.submit(draw(ROUNDABOUT)).result()
    assert result.ui("C") == {"shown": [7]}
    assert result.executed == result.nodes == ("A", "B", "C")
    assert not result.cached


def test_what_follows_a_reroute_has_the_key_that_it_has_without_it(engine: Engine) -> None:
    engine.submit(draw(STRAIGHT)).result()
    CALLS.clear()
    result = engine.submit(draw(ROUNDABOUT)).result()
    assert not CALLS and not result.executed and result.cached == ("A", "B", "C")


def test_a_reroute_hides_no_wrong_link() -> None:
    document = draw("W:word -> R:dot.at -> S:dot.at -> B:add.x -> C:show.x")
    (problem,) = validate(document, REGISTRY)
    assert (problem.node, problem.input, problem.kind) == ("B", "x", "return_type_mismatch")
    assert "word" in problem.message and "STRING" in problem.message


def test_a_link_from_a_reroute_that_nothing_feeds_is_as_if_it_were_not_there(engine: Engine) -> None:
    open_end = draw("R:dot -> B:add.x -> C:show.x")
    (problem,) = validate(open_end, REGISTRY)
    assert (problem.node, problem.kind) == ("B", "required_input_missing")
    assert "dot (node R), through which nothing comes" in problem.message
    typed = draw("R:dot -> B:add(x=3).x -> C:show.x")
    assert engine.submit(typed).result().ui("C") == {"shown": [4]}


def test_a_muted_reroute_gives_nothing_and_a_bypassed_one_passes_on(engine: Engine) -> None:
    (problem,) = validate(with_mode(draw(ROUNDABOUT), "S", "muted"), REGISTRY)
    assert (problem.node, problem.kind) == ("B", "required_input_missing") and "dot (node S), which is muted" in problem.message
    (problem,) = validate(with_mode(draw(ROUNDABOUT), "R", "muted"), REGISTRY)
    assert (problem.node, problem.kind) == ("B", "required_input_missing") and "through which nothing comes" in problem.message
    assert engine.submit(with_mode(draw(ROUNDABOUT), "S", "bypassed")).result().ui("C") == {"shown": [7]}


def test_a_bypassed_node_behind_a_reroute_is_passed_by_with_the_type_that_is_wanted_in_the_end() -> None:
    document = draw("""
        W:word -> P:pick.text
        N:number -> P.count
        P -1> R:dot.at -> B:add.x
    """)
    led = effective_document(with_mode(document, "P", "bypassed"), REGISTRY)
    assert list(led.nodes) == ["W", "N", "B"] and led.nodes["B"].links["x"].node == "N"


def test_reroutes_in_a_circle_lead_nowhere() -> None:
    document = draw("R:dot -> S:dot.at -> R.at\nS -> C:show.x")
    assert [(problem.node, problem.kind) for problem in validate(document, REGISTRY)] == [("C", "required_input_missing")]


def test_a_circle_that_closes_through_a_reroute_is_found() -> None:
    document = draw("A:add -> R:dot.at -> A.x\nA -> C:show.x")
    assert [problem.kind for problem in validate(document, REGISTRY)] == ["dependency_cycle"]


def test_a_reroute_that_is_linked_to_a_missing_node_is_reported_where_the_link_ends() -> None:
    document = draw("A:number -> R:dot.at -> C:show.x")
    nodes = {key: item for key, item in document.nodes.items() if key != "A"}
    (problem,) = validate(document.with_nodes(nodes), REGISTRY)
    assert (problem.node, problem.kind) == ("C", "bad_linked_input") and "'A'" in problem.message


def test_running_up_to_a_reroute_runs_what_feeds_it(engine: Engine) -> None:
    result = engine.submit(draw(ROUNDABOUT), outputs=["S", "A"]).result()
    assert result.executed == ("A",) and result.output_nodes == ("A",)
    with pytest.raises(WorkflowInvalid, match="fed by no node"):
        engine.submit(draw("R:dot -> C:show(x=1).x"), outputs=["R"])


def test_an_open_reroute_alone_is_no_fault(engine: Engine) -> None:
    document = draw("A:number -> C:show.x\nR:dot")
    assert validate(document, REGISTRY) == []
    assert engine.submit(document).result().executed == ("A", "C")
