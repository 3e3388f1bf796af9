"""`Graph`: nodes that a node puts in its own place while a run goes on. What they give is what it gives.

    @node
    def blur_often(image: Image, times: int = 3) -> Image:
        graph = Graph()
        for _ in range(times):
            image = graph.add("Blur", image=image)
        return graph.give(image)

A loop whose end is not known beforehand is a node that puts itself in its place once more:

    @node
    def halve_until(x: float, limit: float = 1.0) -> float:
        if x <= limit:
            return x
        graph = Graph()
        half = graph.add("divide", a=x, b=2.0)
        return graph.give(graph.add("halve_until", x=half, limit=limit))

Inputs are values of any type, outputs of added nodes, or links that the node got (`RawLink`). The nodes are checked as those of a
workflow are, run as those are, and cached one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from virgil_nb.engine.documents.document_node import Link

if TYPE_CHECKING:
    from virgil_nb.engine.kinds.function_node import NodeReturn


@dataclass(frozen=True, slots=True)
class NewNode:
    """A node to be computed. inputs: values, or Links to nodes by their ids here, else by their ids in the workflow.

    display: the id of the node that shows what this one does; None: the one that is expanded.
    """

    type: str
    inputs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    display: str | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """nodes: by ids that only have to differ from each other; the run puts the expanded node's id before them."""

    nodes: Mapping[str, NewNode]


class Added:
    """A node that was added to a `Graph`. As an input it stands for its first output; `added[1]` is the link to its second."""

    __slots__ = ("graph", "id")

    def __init__(self, graph: Graph, id: str) -> None:  # noqa: A002
        self.graph = graph
        self.id = id

    def __getitem__(self, slot: int) -> Link:
        if type(slot) is not int or slot < 0:
            raise IndexError(f"an output's number is {slot!r}; it must be 0 or more")
        return Link(self.id, slot)

    def set(self, name: str, value: Any) -> None:
        """Gives an input another value, or the output of a node that was added later."""
        node = self.graph.nodes[self.id]
        self.graph.nodes[self.id] = NewNode(node.type, {**node.inputs, name: as_link(value)}, node.display)


class Graph:
    """Nodes to be computed in the place of the node that returns `graph.give(…)`. nodes: those that were added, by id."""

    def __init__(self) -> None:
        self.nodes: dict[str, NewNode] = {}

    def add(self, type: str | Callable[..., Any], id: str | None = None, /, *, display: str | None = None, **inputs: Any) -> Added:  # noqa: A002
        """Adds a node. type: its type's name, or the function of a `@node`. id: its id here, else a number.

        Results are cached under the inputs, not under the id; an id only has to be the same each time for events to name it alike.
        """
        kind = type if isinstance(type, str) else type.spec.type  # type: ignore[attr-defined]
        key = str(len(self.nodes)) if id is None else id
        if key in self.nodes:
            raise ValueError(f"the graph has a node {key!r} already; choose another id")
        self.nodes[key] = NewNode(kind, {name: as_link(value) for name, value in inputs.items()}, display)
        return Added(self, key)

    def give(self, *outputs: Any, ui: Mapping[str, Any] | None = None) -> NodeReturn:
        """What the node returns: these nodes in its place, and its outputs (values, added nodes, or links to them)."""
        from virgil_nb.engine.kinds.function_node import NodeReturn

        return NodeReturn(tuple(as_link(value) for value in outputs), ui, Expansion(dict(self.nodes)))


def as_link(value: Any) -> Any:
    """The first output of an added node; anything else as it is."""
    return value[0] if type(value) is Added else value
