"""What a node is expanded into is shown on the node."""

from __future__ import annotations

from tests.engine.kinds import draw
from tests.engine.semantics import SEMANTICS
from virgil_nb.engine import Engine, Event, NodeProgress, Registry, current, node
from virgil_nb.engine.kinds.expansion import Graph
from virgil_nb.widget.expanded import as_shown


def test_an_expanded_node_runs_from_its_start_to_its_end_and_no_other_node_is_heard_of() -> None:
    heard: list[Event] = []
    run = Engine(SEMANTICS).submit(draw("N:number(value=5) -> A:add_often(times=3).x -> S:show.x"), listeners=[as_shown(heard.append)])
    run.result(30)
    assert {getattr(event, "node", "A") for event in heard} == {"N", "A", "S"}
    assert [type(event).__name__ for event in heard if getattr(event, "node", "") == "A"] == ["NodeStarted", "NodeFinished"]


def test_progress_inside_is_shown_on_the_node() -> None:
    registry = Registry()

    @node(registry=registry)
    def inner(x: int = 0) -> int:
        context = current()
        assert context is not None
        context.progress(1, 2)
        context.progress(2, 2)
        return x

    @node(registry=registry)
    def outer() -> int:
        graph = Graph()
        return graph.give(graph.add(inner))  # type: ignore[return-value]

    heard: list[Event] = []
    Engine(registry).submit(draw("A:outer"), outputs=["A"], listeners=[as_shown(heard.append)]).result(30)
    assert [(event.node, event.value) for event in heard if isinstance(event, NodeProgress)] == [("A", 1), ("A", 2)]
