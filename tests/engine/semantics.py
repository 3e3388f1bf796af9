"""Kinds of nodes for what a run may meet beside one value a wire: lists, blockers, lazy inputs, expansions, async and parallel nodes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from virgil_nb.engine import Blocker, Graph, Lazy, Link, NodeReturn, Range, RawLink, Registry, node
from virgil_nb.engine.kinds.types import Any as AnyType

SEMANTICS = Registry()
RAN: list[tuple[str, Any]] = []
Small = Annotated[int, Range(-100, 10_000)]
Few = Annotated[int, Range(0, 20)]


@node(registry=SEMANTICS)
def number(value: Small = 1) -> int:
    RAN.append(("number", value))
    return value


@node(registry=SEMANTICS)
def add(a: Small, b: Small = 0) -> int:
    RAN.append(("add", (a, b)))
    return a + b


@node(registry=SEMANTICS, output_is_list=True)
def several(count: Few = 3, start: Small = 0) -> int:
    """A list of `count` numbers that go on one by one."""
    RAN.append(("several", (count, start)))
    return list(range(start, start + count))  # type: ignore[return-value]


@node(registry=SEMANTICS, input_is_list=True)
def sum_up(values: int) -> int:
    """All items at once."""
    RAN.append(("sum_up", tuple(values)))  # type: ignore[arg-type]
    return sum(values)  # type: ignore[arg-type]


@node(registry=SEMANTICS)
def only_even(x: int, message: str = "") -> int:
    """x, or what blocks all that follows."""
    RAN.append(("only_even", x))
    return x if x % 2 == 0 else Blocker(message or None)  # type: ignore[return-value]


def which(first: bool, a: Any, b: Any) -> list[str]:
    return [name for name, value in (("a", a), ("b", b)) if value is None and (name == "a") == first]


@node(registry=SEMANTICS, check_lazy=which)
def choose(first: bool = True, a: Annotated[int | None, Lazy()] = None, b: Annotated[int | None, Lazy()] = None) -> int:
    RAN.append(("choose", first))
    chosen = a if first else b
    assert chosen is not None
    return chosen


@node(registry=SEMANTICS)
def add_often(x: int, times: Few = 2) -> int:
    """x plus 1, `times` times, by other nodes."""
    RAN.append(("add_often", (x, times)))
    graph = Graph()
    value: Any = x
    for _ in range(times):
        value = graph.add("add", a=value, b=1)
    return graph.give(value)  # type: ignore[return-value]


@node(registry=SEMANTICS)
def count_down(x: Annotated[int, Range(-10_000, 10_000)], steps: int = 0) -> int:
    """How many times it puts itself in its place until x is 0."""
    RAN.append(("count_down", (x, steps)))
    if x <= 0:
        return steps
    graph = Graph()
    return graph.give(graph.add(count_down, x=x - 1, steps=steps + 1))  # type: ignore[return-value]


@node(registry=SEMANTICS)
async def later(x: int, seconds: Annotated[float, Range(0, 0.01)] = 0.0) -> int:
    await asyncio.sleep(seconds)
    RAN.append(("later", x))
    return x


@node(registry=SEMANTICS, parallel=True)
def aside(x: int) -> int:
    RAN.append(("aside", x))
    return x * 10


@node(registry=SEMANTICS, output=True)
def show(x: AnyType) -> None:
    RAN.append(("show", x))
    return NodeReturn(ui={"shown": [x]})


@node(registry=SEMANTICS)
def same_link(flow: Annotated[AnyType, RawLink()], more: int = 0) -> int:
    """What its link leads to plus `more`, by a node that is linked to the same output."""
    assert isinstance(flow, Link)
    graph = Graph()
    return graph.give(graph.add("add", a=flow, b=more))  # type: ignore[return-value]
