"""Inputs that are computed on demand, and nodes that put other nodes in their place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.kinds import draw
from tests.engine.semantics import RAN, SEMANTICS, add
from virgil_nb.engine import Document, Engine, Graph, Link, Node, NodeError, NodeReturn, NodesAdded, Registry, node
from virgil_nb.engine.kinds.types import Any as AnyType

LAZY = """
    A:number(value=1) -> B:add(b=1).a -> C:choose(first=True).a
    X:number(value=5) -> Y:add(b=5).a -> C.b
"""


@pytest.fixture
def engine() -> Any:
    RAN.clear()
    made = Engine(SEMANTICS)
    yield made
    made.close()


def names() -> list[str]:
    return [name for name, _ in RAN]


def test_only_the_lazy_input_that_a_node_asks_for_is_computed(engine: Engine) -> None:
    result = engine.submit(draw(LAZY), outputs=["C"]).result(30)
    assert result.outputs("C") == (2,) and set(result.executed) == {"A", "B", "C"}


def test_what_is_not_asked_for_is_not_given_even_if_it_is_cached(engine: Engine) -> None:
    engine.submit(draw(LAZY), outputs=["Y"]).result(30)
    result = engine.submit(draw(LAZY), outputs=["C"]).result(30)
    assert result.outputs("C") == (2,) and set(result.executed) == {"A", "B", "C"}


def test_a_lazy_input_may_come_from_the_cache(engine: Engine) -> None:
    engine.submit(draw(LAZY), outputs=["B"]).result(30)
    assert engine.submit(draw(LAZY), outputs=["C"]).result(30).executed == ("C",)


def test_a_lazy_node_may_ask_again_and_again() -> None:
    registry = Registry()
    asked: list[tuple[Any, ...]] = []

    from typing import Annotated

    from virgil_nb.engine import Lazy

    async def one_by_one(a: Any, b: Any, c: Any) -> Any:
        asked.append((a, b, c))
        return next((name for name, value in (("a", a), ("b", b), ("c", c)) if value is None), None)

    @node(registry=registry)
    def count(x: int = 0) -> int:
        return x

    @node(registry=registry, check_lazy=one_by_one)
    def join(
        a: Annotated[int | None, Lazy()] = None, b: Annotated[int | None, Lazy()] = None, c: Annotated[int | None, Lazy()] = None
    ) -> AnyType:
        return a, b, c

    picture = "A:count(x=1) -> J:join.a\nB:count(x=2) -> J.b\nC:count(x=3) -> J.c"
    assert Engine(registry).submit(draw(picture), outputs=["J"]).result(30).outputs("J") == ((1, 2, 3),)
    assert asked == [(None, None, None), (1, None, None), (1, 2, None), (1, 2, 3)]


def test_asking_for_an_input_that_is_not_there_is_the_nodes_error() -> None:
    from typing import Annotated

    from virgil_nb.engine import Lazy

    registry = Registry()

    @node(registry=registry, check_lazy=lambda: ["nothing"])
    def odd(a: Annotated[int | None, Lazy()] = None) -> int:
        return 0

    with pytest.raises(NodeError, match="asks for 'nothing', and it has no such input"):
        Engine(registry).submit(draw("A:odd"), outputs=["A"]).result(30)


def test_a_node_is_computed_by_what_it_is_expanded_into(engine: Engine) -> None:
    run = engine.submit(draw("N:number(value=5) -> A:add_often(times=3).x -> B:add(b=100).a"), outputs=["B"])
    result = run.result(30)
    assert result.outputs("B") == (108,)
    assert result.executed == ("N", "A.0.0", "A.0.1", "A.0.2", "A", "B")
    added = [event for event in run.events() if isinstance(event, NodesAdded)]
    assert [(event.node, dict(event.nodes)) for event in added] == [("A", {"A.0.0": "A", "A.0.1": "A", "A.0.2": "A"})]
    assert result.outputs("A.0.1") == (7,)


def test_what_is_inside_is_cached_for_others(engine: Engine) -> None:
    engine.submit(draw("N:number(value=5) -> A:add_often(times=2).x"), outputs=["A"]).result(30)
    RAN.clear()
    result = engine.submit(draw("N:number(value=5) -> A:add_often(times=3).x"), outputs=["A"]).result(30)
    assert result.outputs("A") == (8,) and names() == ["add_often", "add"]
    RAN.clear()
    assert engine.submit(draw("N:number(value=5) -> A:add_often(times=3).x"), outputs=["A"]).result(30).executed == () and RAN == []


def test_an_expansion_for_each_item(engine: Engine) -> None:
    result = engine.submit(draw("L:several(count=3) -> A:add_often(times=2).x"), outputs=["A"]).result(30)
    assert list(result.outputs("A")[0]) == [2, 3, 4]


def test_a_loop_of_its_own_making_may_be_deep(engine: Engine) -> None:
    assert engine.submit(draw("A:count_down(x=2000)"), outputs=["A"]).result(120).outputs("A") == (2000,)


def test_an_expansion_may_use_what_the_node_is_linked_to(engine: Engine) -> None:
    assert engine.submit(draw("N:number(value=5) -> S:same_link(more=2).flow"), outputs=["S"]).result(30).outputs("S") == (7,)


def test_values_of_any_type_go_into_an_expansion() -> None:
    registry = Registry()

    class Thing:
        pass

    kept = Thing()

    @node(registry=registry)
    def keep(thing: AnyType) -> AnyType:
        return thing

    @node(registry=registry)
    def wrap(x: int = 0) -> AnyType:
        graph = Graph()
        return graph.give(graph.add(keep, thing=kept))

    engine = Engine(registry)
    assert engine.submit(draw("A:wrap"), outputs=["A"]).result(30).outputs("A") == (kept,)
    # nobody can tell whether a Thing is the same the next time
    assert "A" in engine.submit(draw("A:wrap"), outputs=["A"]).result(30).executed


def test_output_nodes_inside_run_and_show_on_the_node(engine: Engine) -> None:
    registry = Registry()
    from virgil_nb.engine.kinds.types import Any as AnyValue

    @node(registry=registry, output=True)
    def view(x: AnyValue) -> None:
        return NodeReturn(ui={"shown": [x]})

    @node(registry=registry, output=True)
    def views(count: int = 2) -> None:
        graph = Graph()
        for index in range(count):
            graph.add(view, x=index)
        return graph.give()

    made = Engine(registry)
    for _ in range(2):
        assert made.submit(draw("A:views(count=3)")).result(30).ui("A") == {"shown": [0, 1, 2]}


BAD = {
    "unknown type": (lambda graph: graph.add("nothing"), "no node type 'nothing'"),
    "missing input": (lambda graph: graph.add(add), "add.a is missing"),
    "wrong type": (lambda graph: graph.add(add, a="x"), "must be a whole number"),
    "no such node": (lambda graph: graph.add(add, a=Link("Z", 0)), "linked to node 'Z', which is not there"),
    "no such output": (lambda graph: graph.add(add, a=graph.add(add, a=1)[3]), "linked to output 3"),
    "negative output": (lambda graph: graph.add(add, a=Link("N", -1)), "linked to output -1"),
}


@pytest.mark.parametrize("fault", list(BAD))
def test_expanded_graphs_are_checked_as_workflows_are(fault: str) -> None:
    make, message = BAD[fault]
    registry = Registry()
    for spec in SEMANTICS:
        registry.register(spec)

    @node(registry=registry)
    def bad(x: int = 0) -> int:
        graph = Graph()
        return graph.give(make(graph))  # type: ignore[return-value]

    engine = Engine(registry)
    with pytest.raises(NodeError) as caught:
        engine.submit(draw("N:number -> B:bad.x"), outputs=["B"]).result(30)
    assert caught.value.node == "B" and message in str(caught.value)
    assert engine.submit(draw("N:number"), outputs=["N"]).result(30).outputs("N") == (1,)


def test_a_circle_that_an_expansion_closes_is_named_and_ends_the_run() -> None:
    registry = Registry()

    @node(registry=registry)
    def one(x: int = 1) -> int:
        return x

    @node(registry=registry)
    def back(x: int = 0) -> int:
        graph = Graph()
        return graph.give(graph.add(one, x=Link("C", 0)))  # type: ignore[return-value]

    engine = Engine(registry)
    with pytest.raises(NodeError, match="wait for each other's results"):
        engine.submit(draw("A:one -> B:back.x -> C:one.x"), outputs=["C"]).result(30)
    ring = Graph()
    first = ring.add(one)
    second = ring.add(one, x=first)
    first.set("x", second)

    @node(registry=registry)
    def inner() -> int:
        return ring.give(second)  # type: ignore[return-value]

    with pytest.raises(NodeError, match="need each other's results"):
        engine.submit(draw("A:inner"), outputs=["A"]).result(30)


def test_a_node_inside_that_fails_is_told_on_the_node_that_shows_it() -> None:
    registry = Registry()

    @node(registry=registry)
    def fails(x: int = 0) -> int:
        raise ValueError("no")

    @node(registry=registry)
    def outer() -> int:
        graph = Graph()
        return graph.give(graph.add(fails))  # type: ignore[return-value]

    with pytest.raises(NodeError) as caught:
        Engine(registry).submit(Document.of(Node("A", "outer")), outputs=["A"]).result(30)
    assert caught.value.node == "A" and isinstance(caught.value.cause, ValueError)


def test_an_expanded_node_runs_again_when_what_it_was_expanded_into_is_another() -> None:
    registry = Registry()

    @node(registry=registry)
    def outer(x: int = 1) -> int:
        graph = Graph()
        return graph.give(graph.add("middle", x=x))  # type: ignore[return-value]

    @node(registry=registry)
    def middle(x: int = 1) -> int:
        graph = Graph()
        return graph.give(graph.add("inner", x=x))  # type: ignore[return-value]

    @node("inner", registry=registry)
    def before(x: int = 1) -> int:
        return x + 1

    engine = Engine(registry)
    assert engine.submit(draw("A:outer"), outputs=["A"]).result(30).outputs("A") == (2,)
    assert engine.submit(draw("A:outer"), outputs=["A"]).result(30).executed == ()

    @node("inner", registry=registry)
    def after(x: int = 1) -> int:
        return x + 2

    assert engine.submit(draw("A:outer"), outputs=["A"]).result(30).outputs("A") == (3,)


def test_what_is_expanded_into_something_that_is_never_cached_is_never_cached_nor_what_follows() -> None:
    registry = Registry()
    ran: list[int] = []

    @node(registry=registry, cache=False)
    def clock() -> int:
        ran.append(1)
        return len(ran)

    @node(registry=registry)
    def outer() -> int:
        graph = Graph()
        return graph.give(graph.add(clock))  # type: ignore[return-value]

    @node(registry=registry)
    def plus(x: int) -> int:
        return x + 10

    engine = Engine(registry)
    for count in (1, 2, 3):
        assert engine.submit(draw("A:outer -> B:plus.x"), outputs=["B"]).result(30).outputs("B") == (10 + count,)
