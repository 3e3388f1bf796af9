"""Runs: what is executed, what is served from the cache, and that nobody can change what is in it."""

from __future__ import annotations

import sys
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import kinds
from tests.engine.kinds import CALLS, REGISTRY, chain, draw
from virgil_nb.engine import (
    Document,
    Engine,
    Link,
    Node,
    NodeError,
    NodeReturn,
    ObjectRef,
    Registry,
    SetValue,
    current,
    edit_from_json,
    node,
    register_value,
)
from virgil_nb.engine.kinds.types import Any as AnyType

SEED = """
    L:number(value=2) -> T:add(step=1).x -> K:total.a
    S:number(value=10) -> K.b
    K -> D:add(step=100).x -> O:show.x
"""


def test_changing_the_seed_reruns_only_the_sampler_and_what_follows(engine: Engine) -> None:
    document = draw(SEED)
    first = engine.submit(document).result()
    assert set(first.executed) == {"L", "T", "S", "K", "D", "O"} and first.cached == ()
    second = engine.submit(SetValue("S", "value", 11).apply(document)).result()
    assert second.executed == ("S", "K", "D", "O") and set(second.cached) == {"L", "T"}
    assert second.outputs("D") == (114,)


def test_running_again_executes_nothing_and_gives_the_same(engine: Engine) -> None:
    document = draw(SEED)
    first = engine.submit(document).result()
    CALLS.clear()
    again = engine.submit(Document.from_json(document.to_json())).result()
    assert again.executed == () and set(again.cached) == set(first.executed) and CALLS == []
    assert again.ui("O") == {"shown": [113]} and again.outputs("K") == first.outputs("K")


def test_going_back_to_earlier_values_executes_nothing(engine: Engine) -> None:
    one, two = draw(SEED), SetValue("S", "value", 11).apply(draw(SEED))
    engine.submit(one).result()
    engine.submit(two).result()
    assert engine.submit(one).result().executed == ()


def test_equal_sub_graphs_run_once(engine: Engine) -> None:
    document = draw("""
        A:number(value=2) -> B:add(step=1).x -> T:total.a
        C:number(value=2) -> D:add(step=1).x -> T.b
    """)
    result = engine.submit(document, outputs=["T"]).result()
    assert result.outputs("T") == (6,) and result.executed == ("A", "B", "T") and result.cached == ("C", "D")
    assert [name for name, _ in CALLS] == ["number", "add", "total"]


def test_node_ids_titles_and_places_are_no_part_of_a_result(engine: Engine) -> None:
    engine.submit(draw("A:number(value=2) -> B:show.x")).result()
    moved = Document.of(Node("9", "number", {"value": 2}, title="x", position=(1, 2)), Node("8", "show", links={"x": Link("9", 0)}))
    assert engine.submit(moved).result().executed == ()


def test_only_what_is_asked_for_runs(engine: Engine) -> None:
    result = engine.submit(draw(SEED), outputs=["T"]).result()
    assert result.executed == ("L", "T") and not result.has("K")
    with pytest.raises(KeyError, match="not needed in this run; needed were L, T"):
        result.outputs("K")


def test_a_default_and_the_same_value_typed_in_are_the_same(engine: Engine) -> None:
    engine.submit(draw("A:number -> B:show.x")).result()
    assert engine.submit(draw('A:number(value="1") -> B:show.x')).result().executed == ()


def test_ten_thousand_nodes_in_a_row_run(engine: Engine) -> None:
    result = engine.submit(chain(10_000), outputs=["9999"]).result()
    assert result.outputs("9999") == (9999,)


def test_several_outputs_are_told_apart(engine: Engine) -> None:
    result = engine.submit(draw("A:number(value=7) -> H:halves.x -> B:add(step=0).x\nH -1> C:add(step=0).x"), outputs=["B", "C"]).result()
    assert result.outputs("H") == (3, 4) and result.outputs("B") == (3,) and result.outputs("C") == (4,)


@st.composite
def graphs(pick: st.DrawFn) -> Document:
    nodes: list[Node] = []
    for index in range(pick(st.integers(1, 12))):
        kind = pick(st.sampled_from(["number", "add", "total"])) if nodes else "number"
        wanted = {"number": [], "add": ["x"], "total": ["a", "b"]}[kind]
        links = {name: Link(pick(st.sampled_from(nodes)).id, 0) for name in wanted}
        value = {"number": {"value": pick(st.integers(0, 2))}, "add": {"step": pick(st.integers(0, 1))}, "total": {}}[kind]
        nodes.append(Node(str(index), kind, value, links))
    order = pick(st.permutations(nodes))
    return Document.of(*order)


def expected(document: Document) -> dict[str, int]:
    known: dict[str, int] = {}
    for key in sorted(document.nodes, key=int):
        item = document.nodes[key]
        links = {name: known[link.node] for name, link in item.links.items()}
        known[key] = {"number": kinds.number, "add": kinds.add, "total": kinds.total}[item.type](**item.values, **links)  # type: ignore[operator]
    return known


@given(st.lists(graphs(), min_size=1, max_size=4), st.sampled_from([0, 1500, 1 << 20]))
@settings(max_examples=40, deadline=None)
def test_any_graph_gives_the_right_values_and_runs_no_node_twice_whatever_the_cache(documents: list[Document], budget: int) -> None:
    engine = Engine(REGISTRY, cache_bytes=budget)
    for document in documents:
        right = expected(document)
        CALLS.clear()
        result = engine.submit(document, outputs=list(document.nodes)).result()
        assert {key: result.outputs(key)[0] for key in document.nodes} == right
        assert len(result.executed) == len(set(result.executed)) == len(CALLS)
        assert set(result.executed).isdisjoint(result.cached)
        assert set(result.executed) | set(result.cached) == set(document.nodes)
        assert engine.cache.nbytes <= budget
    engine.close()


class Picture:
    """A mutable value of a package that the engine does not know."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)


register_value(Picture, fingerprint=lambda p: bytes(p.data), nbytes=lambda p: len(p.data), copy=lambda p: Picture(bytes(p.data)))
register_value(
    "torch.Tensor",
    fingerprint=lambda t: str(t.dtype).encode() + str(tuple(t.shape)).encode() + t.detach().contiguous().numpy().tobytes(),
    nbytes=lambda t: t.untyped_storage().nbytes(),
    copy=lambda t: t.clone(),
)
ALIASING = Registry()
KEPT: list[Any] = []


@node(registry=ALIASING)
def make(kind: str = "picture") -> AnyType:
    value = {"picture": lambda: Picture(b"abc"), "list": lambda: [[1, 2]], "tensor": lambda: torch.zeros(2, 2)}[kind]()
    KEPT.append(value)
    return value


@node(registry=ALIASING, output=True)
def spoil(value: AnyType) -> AnyType:
    ruin(value)
    return value


def ruin(value: Any) -> None:
    if isinstance(value, Picture):
        value.data[0] = 0
    elif isinstance(value, list):
        value[0].append(3)
    else:
        value.numpy()[:] = 5


def content(value: Any) -> Any:
    return bytes(value.data) if isinstance(value, Picture) else value.tolist() if isinstance(value, torch.Tensor) else value


GOOD = {"picture": b"abc", "list": [[1, 2]], "tensor": [[0.0, 0.0], [0.0, 0.0]]}


@pytest.mark.parametrize("kind", list(GOOD))
def test_no_one_can_change_a_cached_value(kind: str) -> None:
    engine = Engine(ALIASING)
    document = Document.of(Node("A", "make", {"kind": kind}), Node("B", "spoil", links={"value": Link("A", 0)}))
    result = engine.submit(document).result()  # the node changed what it was given
    assert content(result.outputs("A")[0]) == GOOD[kind]
    ruin(result.outputs("A")[0])  # the user changes what the result gives
    ruin(KEPT[-1])  # the node changes what it returned, later
    assert content(result.outputs("A")[0]) == GOOD[kind]
    again = engine.submit(document, outputs=["A"]).result()
    assert again.executed == () and content(again.outputs("A")[0]) == GOOD[kind]


def test_a_tensor_from_a_result_can_be_trained_on() -> None:
    engine = Engine(ALIASING)
    (tensor,) = engine.submit(Document.of(Node("A", "make", {"kind": "tensor"})), outputs=["A"]).result().outputs("A")
    tensor.requires_grad_()
    (tensor * 2).sum().backward()
    assert np.array_equal(tensor.grad.numpy(), np.full((2, 2), 2.0))


def test_literal_lists_are_given_fresh_to_each_call() -> None:
    registry = Registry()

    @node(registry=registry)
    def grow(items: AnyType = (), salt: int = 0) -> int:
        items.append(1)
        return len(items)

    engine = Engine(registry)
    document = Document.of(Node("A", "grow", {"items": [5, {"a": [1]}]}))
    assert engine.submit(document, outputs=["A"]).result().outputs("A") == (3,)
    assert engine.submit(SetValue("A", "salt", 1).apply(document), outputs=["A"]).result().outputs("A") == (3,)
    assert document.to_json()["nodes"][0]["values"] == {"items": [5, {"a": [1]}]}  # type: ignore[index]


def test_objects_beside_the_document_are_given_as_copies() -> None:
    engine = Engine(ALIASING)
    mine = [[1, 2]]
    document = Document.of(Node("B", "spoil", {"value": ObjectRef("hash-of-mine", "list")}))
    assert engine.submit(document, objects={"hash-of-mine": mine}).result().outputs("B") == ([[1, 2, 3]],)
    assert mine == [[1, 2]]
    other = Document.of(Node("B", "spoil", {"value": ObjectRef("another", "list")}))
    assert engine.submit(other, objects={"another": [[7]]}).result().executed == ("B",)


def test_what_a_node_shows_and_says_comes_again_from_the_cache() -> None:
    registry = Registry()

    @node(registry=registry)
    def warn(text: str = "x") -> str:
        context = current()
        assert context is not None
        context.note("unknown word")
        return text

    @node(registry=registry, output=True)
    def view(text: str) -> None:
        return NodeReturn(ui={"text": [text]})  # type: ignore[return-value]

    engine = Engine(registry)
    document = draw("A:warn -> B:view.text")
    for _ in range(2):
        run = engine.submit(document)
        result = run.result()
        names = [type(event).__name__ for event in run.events()]
        assert names.count("NodeNote") == 1 and names.count("NodeOutput") == 1
        assert result.notes("A") == (("warning", "unknown word"),) and result.ui("B") == {"text": ["x"]} and result.ui("A") is None


def test_a_node_may_ask_for_its_id_and_for_the_workflow() -> None:
    registry = Registry()

    @node(registry=registry, hidden={"me": "UNIQUE_ID", "prompt": "PROMPT", "info": "EXTRA_PNGINFO"})
    def who(salt: int = 0, me: str = "", prompt: AnyType = None, info: AnyType = None) -> list:  # type: ignore[type-arg]
        return [me, sorted(prompt), sorted(info)]

    engine = Engine(registry)
    document = draw("A:who\nB:who")
    result = engine.submit(document, outputs=["A", "B"]).result()
    assert result.outputs("A") == (["A", ["A", "B"], ["workflow"]],) and result.outputs("B")[0][0] == "B"
    assert result.executed == ("A", "B")


def test_a_node_that_takes_more_than_it_declares_gets_everything() -> None:
    registry = Registry()

    @node(registry=registry)
    def one() -> int:
        return 1

    @node(registry=registry)
    def gather(**things: int) -> int:
        return sum(things.values())

    document = Document.of(Node("A", "one"), Node("B", "gather", {"x": 5, "y": 6}, {"z": Link("A", 0)}))
    assert Engine(registry).submit(document, outputs=["B"]).result().outputs("B") == (12,)


def test_an_async_node_is_waited_for() -> None:
    import asyncio

    registry = Registry()

    @node(registry=registry)
    async def later(x: int = 2) -> int:
        await asyncio.sleep(0)
        context = current()
        assert context is not None and context.node_id == "A"
        return x * 2

    assert Engine(registry).submit(draw("A:later"), outputs=["A"]).result().outputs("A") == (4,)


def test_a_result_tells_what_was_run_and_how_long_it_took(engine: Engine) -> None:
    document = draw(SEED)
    result = engine.submit(document).result()
    assert result.values_used is document and result.output_nodes == ("O",)
    assert set(result.seconds) == set(result.executed) and all(seconds >= 0 for seconds in result.seconds.values())


def test_redefining_a_kind_runs_its_nodes_anew() -> None:
    registry = Registry()

    def define(factor: int) -> None:
        @node("scale", registry=registry)
        def scale(x: int = 3) -> int:
            return x * factor

    define(2)
    engine = Engine(registry)
    document = draw("A:scale")
    assert engine.submit(document, outputs=["A"]).result().outputs("A") == (6,)
    define(5)
    assert engine.submit(document, outputs=["A"]).result().outputs("A") == (15,)
    define(2)
    assert engine.submit(document, outputs=["A"]).result().executed == ()


def test_the_engine_needs_nothing_but_the_standard_library() -> None:
    import subprocess

    code = "import sys, virgil_nb.engine; print([m for m in ('torch', 'numpy', 'PIL', 'IPython', 'asyncio.tasks.x') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_only_looks_different_runs_nothing_again(engine: Engine) -> None:
    document = draw("A:number -> B:add.x -> C:show.x")
    engine.submit(document).result()
    for data in (
        {"op": "colour", "id": "B", "colour": "#2a363b"},
        {"op": "fold", "id": "B", "folded": True},
        {"op": "frame", "id": "1", "frame": {"title": "All", "box": [0, 0, 9, 9]}},
        {"op": "panel", "items": [{"node": "A", "input": "value"}]},
    ):
        document = edit_from_json(data).apply(document)
    assert engine.submit(document).result().executed == ()


def test_results_that_the_run_does_not_hold_make_room_when_memory_is_short() -> None:
    registry = Registry()
    tries: list[int] = []

    @node(registry=registry)
    def block(size: int = 1 << 20) -> AnyType:
        return bytes(size)

    @node(registry=registry)
    def greedy(data: AnyType) -> int:
        tries.append(1)
        if len(tries) < 4:
            raise MemoryError
        return len(data)

    engine = Engine(registry, cache_bytes=1 << 30)
    for size in (1 << 20, 2 << 20, 300 << 20):
        engine.submit(Document.of(Node("A", "block", {"size": size})), outputs=["A"]).result()
    document = Document.of(Node("A", "block", {"size": 1 << 20}), Node("B", "greedy", links={"data": Link("A", 0)}))
    with pytest.raises(NodeError, match="MemoryError"):  # one try more than there is anything to free
        engine.submit(document, outputs=["B"]).result()
    assert len(tries) == 3 and engine.cache.nbytes < 2 << 20
    assert engine.submit(document, outputs=["B"]).result().outputs("B") == (1 << 20,)


def test_when_a_node_is_tried_again_nothing_is_left_of_the_first_try() -> None:
    registry = Registry()
    held: list[weakref.ref[Large]] = []
    alive: list[bool] = []

    @node(registry=registry)
    def first() -> bytes:
        return bytes(1000)

    @node(registry=registry)
    def hungry(x: int = 0) -> int:
        alive.extend(one() is not None for one in held)
        large = Large()
        if not held:
            held.append(weakref.ref(large))
            raise MemoryError
        return x

    engine = Engine(registry)
    engine.submit(draw("A:first"), outputs=["A"]).result()
    assert engine.submit(draw("B:hungry"), outputs=["B"]).result().outputs("B") == (0,)
    assert alive == [False]


class Large:
    """Stands for a tensor that the next try needs the room of."""
