"""`Uses`: how often results are still going to be used in a run, so that each is let go when the last node that needs it has it."""

from __future__ import annotations

from collections.abc import Iterable

from virgil_nb.engine.caching.cache import Cache
from virgil_nb.engine.runs.execution import Execution
from virgil_nb.engine.runs.graph import RunGraph


class Uses:
    """Counted by key, as equal nodes share a result. What the run is for is kept.

    A node that is given links as they are, or the whole workflow, may link new nodes to any result: then none is let go before the end.
    """

    def __init__(self, execution: Execution, graph: RunGraph, cache: Cache) -> None:
        self._execution = execution
        self._graph = graph
        self._cache = cache
        self._left: dict[bytes, int] = {}
        self._kept = {graph.keys.keys[node] for node in graph.plan.outputs}
        self._off = any(
            "DYNPROMPT" in prepared.spec.hidden.values() or any(item.raw_link for item in prepared.spec.inputs)
            for prepared in graph.plan.nodes
        )

    def add(self, nodes: Iterable[str]) -> None:
        """Results that will be used once more each."""
        for node in nodes:
            key = self._graph.keys.keys[node]
            self._left[key] = self._left.get(key, 0) + 1

    def over(self, nodes: Iterable[str]) -> None:
        """Results that were used once, as was said."""
        for node in nodes:
            key = self._graph.keys.keys[node]
            self._left[key] -= 1
            if not self._left[key] and key not in self._kept and not self._off:
                self._execution.entries.pop(key, None)
                self._cache.release(key)
