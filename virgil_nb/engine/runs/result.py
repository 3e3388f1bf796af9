"""`RunResult`: what a run gave. It holds the results that the run made or used; each look at a value is at a copy of one's own."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from virgil_nb.engine import values
from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Node
from virgil_nb.engine.errors import Problem
from virgil_nb.engine.kinds.spec import NodeSpec

if TYPE_CHECKING:
    from virgil_nb.engine.caching.cache import Entry
    from virgil_nb.engine.runs.graph import RunGraph


class RunResult:
    """What a run gave, whole or (in NodeError.result, Interrupted.result) as far as it came.

    executed: ids that ran, in order. cached: ids that were needed and did not have to run. seconds: per node that ran.
    problems: why outputs that were asked for with partial=True did not run. values_used: the document as it was run.
    """

    def __init__(
        self,
        graph: RunGraph,
        entries: dict[bytes, Entry],
        seconds: Mapping[str, float],
        *,
        complete: bool,
        look_up: Callable[[bytes], Entry | None],
        explain: Callable[[str, Container[str]], str],
    ) -> None:
        self._graph = graph
        self._entries = entries
        self._look_up = look_up
        self._explain = explain
        self._complete = complete
        self.executed: tuple[str, ...] = tuple(seconds)
        self.seconds: Mapping[str, float] = MappingProxyType(dict(seconds))
        self.problems: tuple[Problem, ...] = graph.plan.problems
        self.values_used: Document = graph.plan.document
        self._cached: tuple[str, ...] | None = None

    @property
    def cached(self) -> tuple[str, ...]:
        if self._cached is None:
            plan, keys = self._graph.plan, self._graph.keys.keys
            ran = set(self.executed)
            if self._complete:
                self._cached = plan.order if not ran else tuple(key for key in plan.order if key not in ran)
            else:
                self._cached = tuple(key for key in plan.order if key not in ran and keys.get(key) in self._entries)
        return self._cached

    @property
    def nodes(self) -> tuple[str, ...]:
        """All nodes that were needed, in the order in which they ran or were served."""
        return self._graph.plan.order

    @property
    def output_nodes(self) -> tuple[str, ...]:
        """The nodes that the run was for."""
        return self._graph.plan.outputs

    def spec(self, node: str) -> NodeSpec:
        """The kind of a node as it was in the run. Raises KeyError if it was not needed."""
        return self._graph.prepared[node].spec

    def node(self, node: str) -> Node | None:
        """The node of an id, also of one that came by expansion; None if the run had none."""
        prepared = self._graph.prepared.get(node)
        return self.values_used.nodes.get(node) if prepared is None else prepared.node

    def has(self, node: str) -> bool:
        """Whether `outputs(node)` can be given."""
        key = self._graph.keys.keys.get(node)
        return key is not None and self._find(key) is not None

    def outputs(self, node: str) -> tuple[Any, ...]:
        """The values of a node's outputs, each a copy of one's own. Raises KeyError if the node was not needed, or has no result."""
        return tuple(values.copy(value) for value in self._entry(node).outputs)

    def output(self, node: str, slot: int) -> Any:
        """The value of one output, a copy of one's own."""
        outputs = self._entry(node).outputs
        if not 0 <= slot < len(outputs):
            raise IndexError(f"node {node} has {len(outputs)} outputs; there is no output {slot}")
        return values.copy(outputs[slot])

    def inputs(self, node: str, objects: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
        """The values that went into a node, by input name, each a copy of one's own; `objects`: those beside the document, by hash.

        Raises KeyError if the node was not needed, or if a value that it was linked to is not there (any more).
        """
        prepared = self._graph.prepared.get(node)
        if prepared is None:
            self._entry(node)  # says why there is nothing
            raise KeyError(node)
        found = {name: values.copy(value) for name, value in prepared.values.items()}
        held = {**self._graph.objects, **objects}
        found.update((name, values.copy(held[reference.hash])) for name, reference in prepared.objects)
        found.update((name, self.output(source, slot)) for name, source, slot, _, _ in prepared.wires)
        return found

    def ui(self, node: str) -> dict[str, Any] | None:
        """What a node shows, such as {"images": […]}; None if it shows nothing or has no result."""
        key = self._graph.keys.keys.get(node)
        entry = None if key is None else self._find(key)
        if entry is None or entry.ui is None:
            return None
        return {name: values.copy(value) for name, value in entry.ui.items()}

    def notes(self, node: str) -> tuple[tuple[str, str], ...]:
        """What a node said, as (level, text)."""
        key = self._graph.keys.keys.get(node)
        entry = None if key is None else self._find(key)
        return () if entry is None else entry.notes

    def why(self, node: str) -> str:
        """Why the node ran, or did not have to, in a sentence."""
        return self._explain(node, self.cached)

    def _find(self, key: bytes) -> Entry | None:
        return self._entries.get(key) or self._look_up(key)

    def _entry(self, node: str) -> Entry:
        key = self._graph.keys.keys.get(node)
        if key is None:
            needed = ", ".join(self._graph.plan.order[:20])
            raise KeyError(f"node {node!r} was not needed in this run; needed were {needed}")
        entry = self._find(key)
        if entry is None:
            if not self._complete:
                raise KeyError(f"node {node!r} had no result yet when the run ended")
            if node in self.seconds:
                raise KeyError(
                    f"the result of node {node!r} was let go when nothing needed it any more; run with outputs=[{node!r}] to keep it"
                )
            raise KeyError(
                f"node {node!r} did not have to run, and its own result is not in the cache any more; run again with outputs=[{node!r}]"
            )
        return entry
