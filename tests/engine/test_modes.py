"""Muted and bypassed nodes: left out, and what used them led past, as ComfyUI's front end does."""

from __future__ import annotations

from tests.engine.kinds import CALLS, REGISTRY, draw
from virgil_nb.engine import Document, Engine, Link, Registry, node, validate
from virgil_nb.engine.planning.modes import effective_document


def switched(document: Document, **modes: str) -> Document:
    nodes = {key: item.with_(mode=modes.get(key, "on")) for key, item in document.nodes.items()}
    return document.with_nodes(nodes)


def test_what_used_a_bypassed_node_gets_what_the_node_got(engine: Engine) -> None:
    document = switched(draw("A:number(value=2) -> B:add(step=5).x -> C:show.x"), B="bypassed")
    result = engine.submit(document).result()
    assert result.executed == ("A", "C") and result.ui("C") == {"shown": [2]}


def test_a_chain_of_bypassed_nodes_is_passed_by_as_a_whole(engine: Engine) -> None:
    document = switched(draw("A:number(value=2) -> B:add.x -> C:add.x -> D:add.x -> E:show.x"), B="bypassed", C="bypassed", D="bypassed")
    assert engine.submit(document).result().ui("E") == {"shown": [2]}


def test_an_input_fed_by_a_muted_node_is_as_if_nothing_was_linked() -> None:
    document = switched(draw("A:number -> B:add.x -> C:show.x"), A="muted")
    assert [(problem.node, problem.kind) for problem in validate(document, REGISTRY)] == [("B", "required_input_missing")]


def test_a_muted_output_does_not_run(engine: Engine) -> None:
    document = switched(draw("A:number(value=2) -> B:show.x\nA -> C:show.x"), B="muted")
    engine.submit(document).result()
    assert [name for name, _ in CALLS] == ["number", "show"]


def test_a_typed_value_is_lost_with_the_muted_link() -> None:
    document = draw("A:number -> B:add(step=7).x\nA -> B.step")
    assert [p.kind for p in validate(switched(document, A="muted"), REGISTRY, outputs=["B"])] == ["required_input_missing"]


def test_bypassed_nodes_in_a_circle_lead_nowhere() -> None:
    document = switched(draw("A:add -> B:add.x -> A.x\nB -> C:show.x"), A="bypassed", B="bypassed")
    assert [(p.node, p.kind) for p in validate(document, REGISTRY)] == [("C", "required_input_missing")]


def test_the_input_of_the_same_place_is_taken_if_it_fits_else_the_first_of_the_type() -> None:
    registry = Registry()

    @node(registry=registry)
    def model() -> str: ...

    @node(registry=registry)
    def two(model: float, clip: int, other: str) -> tuple[str, int]: ...

    @node(registry=registry, output=True)
    def use(text: str, count: int) -> None: ...

    @node(registry=registry)
    def count() -> int: ...

    document = draw("""
        M:model -> T:two.other
        N:count -> T.clip
        T -> U:use.text
        T -1> U.count
    """)
    led = effective_document(switched(document, T="bypassed"), registry)
    assert dict(led.nodes["U"].links) == {"text": Link("M", 0), "count": Link("N", 0)}


def test_a_document_whose_nodes_are_all_on_is_not_copied() -> None:
    document = draw("A:number -> B:show.x")
    assert effective_document(document, REGISTRY) is document


def test_a_typed_value_holds_where_a_bypassed_node_leads_nowhere(engine: Engine) -> None:
    document = switched(draw("A:add -> B:add(x=3).x -> C:show.x"), A="bypassed")
    assert engine.submit(document).result().ui("C") == {"shown": [4]}
