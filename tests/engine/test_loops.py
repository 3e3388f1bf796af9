"""Loops whose body stands in the workflow: an opening and a closing node, and the closing one puts the body in its place once more."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virgil_nb.engine import Document, Engine, Graph, Link, Node, RawLink, Registry, node
from virgil_nb.engine.kinds.types import Any as AnyType
from virgil_nb.engine.runs.hidden import LivePrompt

LOOPS = Registry()
RAN: list[tuple[str, Any]] = []


class Opened(NamedTuple):
    """What goes around in a loop."""

    flow: AnyType
    value: AnyType
    left: AnyType


class Closed(NamedTuple):
    """What comes out of a loop."""

    value: AnyType
    left: AnyType


@node(registry=LOOPS)
def while_open(value: AnyType, left: AnyType = 0) -> Opened:
    return Opened("flow", value, left)


def body_of(close: str, opening: str, prompt: LivePrompt) -> set[str]:
    """The nodes on a way from the opening node to the closing one, both included."""
    users: dict[str, set[str]] = defaultdict(set)
    todo, seen = [close], set()
    while todo:
        one = todo.pop()
        if one in seen or one == opening:
            continue
        seen.add(one)
        for given_ in prompt.get_node(one)["inputs"].values():
            if isinstance(given_, list):
                users[given_[0]].add(one)
                todo.append(given_[0])
    inside, todo = set(), [opening]
    while todo:
        one = todo.pop()
        if one not in inside:
            inside.add(one)
            todo.extend(users[one])
    return inside


@node(registry=LOOPS, hidden={"prompt": "DYNPROMPT", "me": "UNIQUE_ID"})
def while_close(
    flow: Annotated[AnyType, RawLink()], going: bool, value: AnyType, left: AnyType = 0, *, prompt: LivePrompt, me: str
) -> Closed:
    RAN.append(("close", value))
    if not going:
        return Closed(value, left)
    opening = flow.node  # type: ignore[attr-defined]
    inside = body_of(me, opening, prompt)
    graph = Graph()
    names = {key: "again" if key == me else key for key in inside}
    added = {key: graph.add(prompt.get_node(key)["class_type"], names[key], display=key) for key in inside}
    for key, copy in added.items():
        for name, given_ in prompt.get_node(key)["inputs"].items():
            linked = isinstance(given_, list)
            copy.set(name, added[given_[0]][given_[1]] if linked and given_[0] in added else Link(*given_) if linked else given_)
    added[opening].set("value", value)
    added[opening].set("left", left)
    return graph.give(added[me][0], added[me][1])  # type: ignore[return-value]


@node(registry=LOOPS)
def number(value: int = 0) -> int:
    return value


@node(registry=LOOPS)
def add(a: int, b: int = 1) -> int:
    RAN.append(("add", (a, b)))
    return a + b


@node(registry=LOOPS)
def is_above(x: int, limit: int = 0) -> bool:
    return x > limit


@node(registry=LOOPS)
def repeat(value: int, step: int = 1, times: int = 3) -> int:
    """The same loop in plain Python."""
    graph = Graph()
    for _ in range(times):
        value = graph.add(add, a=value, b=step)  # type: ignore[assignment]
    return graph.give(value)  # type: ignore[return-value]


@node(registry=LOOPS)
def until_above(value: int, step: int = 1, limit: int = 10) -> int:
    """A loop whose end is not known beforehand, in plain Python."""
    if value > limit:
        return value
    graph = Graph()
    return graph.give(graph.add(until_above, value=graph.add(add, a=value, b=step), step=step, limit=limit))  # type: ignore[return-value]


def for_loop(times: int, step: int, start: int = 0) -> Document:
    """start, with step added `times` times."""
    return Document.of(
        Node("start", "number", {"value": start}),
        Node("step", "number", {"value": step}),
        Node("open", "while_open", {"left": times}, {"value": Link("start", 0)}),
        Node("body", "add", {}, {"a": Link("open", 1), "b": Link("step", 0)}),
        Node("less", "add", {"b": -1}, {"a": Link("open", 2)}),
        Node("going", "is_above", {}, {"x": Link("less", 0)}),
        Node(
            "close",
            "while_close",
            {},
            {"flow": Link("open", 0), "going": Link("going", 0), "value": Link("body", 0), "left": Link("less", 0)},
        ),
        Node("after", "add", {"b": 1000}, {"a": Link("close", 0)}),
    )


@pytest.fixture(autouse=True)
def forget() -> None:
    RAN.clear()


@settings(max_examples=30, deadline=None)
@given(times=st.integers(1, 25), step=st.integers(-5, 5), start=st.integers(-9, 9))
def test_a_for_loop_of_nodes_gives_what_a_for_loop_gives(times: int, step: int, start: int) -> None:
    engine = Engine(LOOPS)
    result = engine.submit(for_loop(times, step, start), outputs=["close", "after"]).result()
    assert result.outputs("close") == (start + times * step, 0)
    assert result.outputs("after") == (start + times * step + 1000,)
    assert len(result.executed) == len(set(result.executed)) and {"open", "close", "after"} <= set(result.executed)
    engine.close()


def test_rounds_that_were_made_before_come_from_the_cache() -> None:
    engine = Engine(LOOPS)
    engine.submit(for_loop(5, 2), outputs=["close"]).result()
    RAN.clear()
    again = engine.submit(for_loop(5, 2), outputs=["close"]).result()
    assert RAN == [] and again.executed == ()


def test_what_is_outside_of_the_loop_runs_once() -> None:
    engine = Engine(LOOPS)
    seen: list[Any] = []

    @node(registry=LOOPS)
    def outside(value: int = 0) -> int:
        seen.append(value)
        return value

    document = for_loop(6, 3)
    nodes = dict(document.nodes)
    nodes["step"] = Node("step", "outside", {"value": 3})
    assert engine.submit(document.with_nodes(nodes), outputs=["close"]).result().outputs("close")[0] == 18
    assert seen == [3]


def test_a_loop_in_a_loop() -> None:
    inner = for_loop(3, 2)
    nodes = {key: one for key, one in inner.nodes.items() if key != "after"}
    nodes["outer"] = Node("outer", "while_open", {"left": 4}, {"value": Link("start", 0)})
    nodes["open"] = Node("open", "while_open", {"left": 3}, {"value": Link("outer", 1)})
    nodes["fewer"] = Node("fewer", "add", {"b": -1}, {"a": Link("outer", 2)})
    nodes["on"] = Node("on", "is_above", {}, {"x": Link("fewer", 0)})
    links = {"flow": Link("outer", 0), "going": Link("on", 0), "value": Link("close", 0), "left": Link("fewer", 0)}
    nodes["end"] = Node("end", "while_close", {}, links)
    result = Engine(LOOPS).submit(inner.with_nodes(nodes), outputs=["end"]).result()
    assert result.outputs("end")[0] == 4 * 3 * 2


def test_a_loop_of_a_thousand_rounds_is_not_too_deep() -> None:
    assert Engine(LOOPS).submit(for_loop(1000, 1), outputs=["close"]).result().outputs("close")[0] == 1000


@pytest.mark.parametrize(("text", "wanted"), [("repeat", 3 * 2), ("until_above", 12)])
def test_the_same_in_plain_python(text: str, wanted: int) -> None:
    document = Document.of(Node("loop", text, {"value": 0, "step": 2}))
    result = Engine(LOOPS).submit(document, outputs=["loop"]).result()
    assert result.outputs("loop") == (wanted,)
