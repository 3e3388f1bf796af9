"""The order in which nodes can run, and the circles that keep them from it. Iterative: a graph may be any number of nodes deep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

MAX_CYCLES: Final = 100


@dataclass(slots=True)
class Order:
    """order: each node after its sources. cycles: circles of nodes, each in the direction of its links, not more than MAX_CYCLES.

    blocked: nodes that wait for one that waits for them; every circle has one.
    """

    order: list[str] = field(default_factory=list)
    cycles: list[list[str]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)


def order_nodes(roots: Iterable[str], sources: Callable[[str], Sequence[str]]) -> Order:
    """All nodes that `roots` need, in an order in which they can run: depth first, so what belongs together runs together."""
    found = Order()
    order = found.order
    done: dict[str, bool] = {}  # False: on the path from the root to here
    path: list[str] = []
    for root in roots:
        stack = [root]
        while stack:
            node = stack[-1]
            finished = done.get(node)
            if finished is None:
                done[node] = False
                path.append(node)
                for source in reversed(sources(node)):
                    known = done.get(source)
                    if known is None:
                        stack.append(source)
                    elif not known:
                        _add_cycle(found, path, source)
            else:
                stack.pop()
                if not finished:
                    done[node] = True
                    path.pop()
                    order.append(node)
    return found


def _add_cycle(found: Order, path: list[str], source: str) -> None:
    found.blocked.add(path[-1])
    if len(found.cycles) < MAX_CYCLES:
        cycle = path[path.index(source) :][::-1]
        if all(set(cycle) != set(other) for other in found.cycles):
            found.cycles.append(cycle)
