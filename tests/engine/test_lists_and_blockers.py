"""Several values on one wire, and values that keep nodes from running."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.kinds import draw
from tests.engine.semantics import RAN, SEMANTICS
from virgil_nb.engine import Blocker, Engine, Items, Node, NodeError, NodeReturn, Registry, node
from virgil_nb.engine.kinds.types import Any as AnyType


@pytest.fixture
def engine() -> Any:
    RAN.clear()
    made = Engine(SEMANTICS)
    yield made
    made.close()


def run(engine: Engine, picture: str, output: str) -> Any:
    return engine.submit(draw(picture), outputs=[output]).result(30)


def test_a_node_runs_once_for_each_item(engine: Engine) -> None:
    result = run(engine, "L:several(count=3) -> A:add(b=10).a", "A")
    assert result.outputs("A") == (Items([10, 11, 12]),)
    assert result.executed == ("L", "A")  # one node, however many calls


def test_a_shorter_list_repeats_its_last_item_and_a_plain_value_is_repeated(engine: Engine) -> None:
    picture = """
        L:several(count=4, start=0) -> A:add.a
        S:several(count=2, start=100) -> A.b
        N:number(value=1000) -> B:add.a
        A -> B.b
    """
    assert run(engine, picture, "B").outputs("B") == (Items([1100, 1102, 1103, 1104]),)


def test_a_node_that_takes_lists_is_called_once_with_all_items(engine: Engine) -> None:
    result = run(engine, "L:several(count=4) -> A:add(b=1).a -> S:sum_up.values", "S")
    assert result.outputs("S") == (10,) and RAN[-1] == ("sum_up", (1, 2, 3, 4))


def test_a_plain_value_is_a_list_of_one_for_a_node_that_takes_lists(engine: Engine) -> None:
    assert run(engine, "N:number(value=7) -> S:sum_up.values", "S").outputs("S") == (7,)


def test_no_items_no_calls(engine: Engine) -> None:
    result = run(engine, "L:several(count=0) -> A:add.a -> B:add.a", "B")
    assert result.outputs("B") == (Items([]),) and [name for name, _ in RAN] == ["several"]


def test_lists_in_lists_are_joined() -> None:
    registry = Registry()

    @node(registry=registry, output_is_list=True)
    def split(text: str = "") -> str:
        return text.split()  # type: ignore[return-value]

    @node(registry=registry, output_is_list=True)
    def letters(text: str) -> str:
        return list(text)  # type: ignore[return-value]

    result = Engine(registry).submit(draw("A:split(text='ab c') -> B:letters.text"), outputs=["B"]).result(30)
    assert result.outputs("B") == (Items(["a", "b", "c"]),)


def test_a_list_output_that_is_no_list_is_the_nodes_error() -> None:
    registry = Registry()

    @node(registry=registry, output_is_list=True)
    def wrong() -> int:
        return 3

    with pytest.raises(NodeError, match="output INT is a list, and it returned a int; return a list"):
        Engine(registry).submit(draw("A:wrong"), outputs=["A"]).result(30)


def test_pictures_of_all_calls_are_shown_together(engine: Engine) -> None:
    result = engine.submit(draw("L:several(count=3) -> S:show.x")).result(30)
    assert result.ui("S") == {"shown": [0, 1, 2]}


def test_each_call_has_values_of_its_own() -> None:
    registry = Registry()

    @node(registry=registry, output_is_list=True)
    def three() -> int:
        return [1, 2, 3]  # type: ignore[return-value]

    @node(registry=registry)
    def grow(items: AnyType = (), x: int = 0) -> AnyType:
        items.append(x)
        return items

    result = Engine(registry).submit(draw("T:three -> G:grow(items=[0]).x"), outputs=["G"]).result(30)
    assert result.outputs("G") == (Items([[0, 1], [0, 2], [0, 3]]),)


def test_a_blocker_keeps_all_that_follows_from_running_and_the_run_is_well(engine: Engine) -> None:
    result = run(engine, "N:number(value=3) -> E:only_even.x -> A:add.a -> B:add.a", "B")
    assert result.outputs("B") == (Blocker(None),) and [name for name, _ in RAN] == ["number", "only_even"]


def test_a_blocker_blocks_its_items_only(engine: Engine) -> None:
    result = run(engine, "L:several(count=4) -> E:only_even.x -> A:add(b=5).a", "A")
    assert result.outputs("A") == (Items([5, Blocker(None), 7, Blocker(None)]),)
    assert [args for name, args in RAN if name == "add"] == [(0, 5), (2, 5)]


def test_any_blocked_item_blocks_a_node_that_takes_lists(engine: Engine) -> None:
    assert run(engine, "L:several(count=4) -> E:only_even.x -> S:sum_up.values", "S").outputs("S") == (Blocker(None),)


def test_a_blockers_words_are_said_once_on_the_first_node_that_it_blocks(engine: Engine) -> None:
    picture = "N:number(value=3) -> E:only_even(message='odd').x -> A:add.a -> B:add.a"
    for _ in range(2):  # from the cache too
        result = run(engine, picture, "B")
        assert result.notes("A") == (("warning", "odd"),) and result.notes("B") == ()


def test_a_blocked_output_node_shows_nothing(engine: Engine) -> None:
    result = engine.submit(draw("N:number(value=3) -> E:only_even.x -> S:show.x")).result(30)
    assert result.ui("S") is None and "show" not in [name for name, _ in RAN]


def test_a_node_may_block_one_of_its_outputs() -> None:
    registry = Registry()

    @node(registry=registry)
    def pair(x: int = 1) -> tuple[int, int]:
        return x, Blocker()  # type: ignore[return-value]

    @node(registry=registry)
    def both(x: int = 1) -> tuple[int, int]:
        return NodeReturn(Blocker())  # type: ignore[return-value]

    @node(registry=registry)
    def plus(a: int) -> int:
        return a + 1

    result = Engine(registry).submit(draw("P:pair -> A:plus.a\nP -1> B:plus.a\nQ:both -> C:plus.a"), outputs=["A", "B", "C"]).result(30)
    assert (result.outputs("A"), result.outputs("B"), result.outputs("C")) == ((2,), (Blocker(),), (Blocker(),))


def test_items_and_blockers_come_from_the_cache(engine: Engine) -> None:
    picture = "L:several(count=4) -> E:only_even.x -> A:add(b=5).a"
    first = run(engine, picture, "A")
    again = run(engine, picture, "A")
    assert again.executed == () and again.outputs("A") == first.outputs("A")


def test_an_object_is_made_once_per_node_and_kept_while_the_node_is_there() -> None:
    from virgil_nb.engine import InputSpec, NodeSpec, OutputSpec

    registry = Registry()

    class Counter:
        made = 0

        def __init__(self) -> None:
            Counter.made += 1
            self.calls = 0

        def count(self, salt: int) -> int:
            self.calls += 1
            return self.calls

    spec = NodeSpec(
        "counter", Counter.count, (InputSpec("salt", "INT", default=0),), (OutputSpec("n", "INT"),), make=Counter, cacheable=False
    )
    registry.register(spec)
    engine = Engine(registry)

    def value(*ids: str) -> tuple[Any, ...]:
        from virgil_nb.engine import Document

        result = engine.submit(Document.of(*(Node(key, "counter") for key in ids)), outputs=list(ids)).result(30)
        return tuple(result.outputs(key)[0] for key in ids)

    assert value("A", "B") == (1, 1) and Counter.made == 2
    assert value("A", "B") == (2, 2) and Counter.made == 2
    assert value("B") == (3,)
    assert value("A", "B") == (1, 4) and Counter.made == 3
