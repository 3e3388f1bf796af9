"""`Demand`: which results a run has, which are still to come, and in which order; it grows as nodes ask for more.

todo, lazy inputs, expansions ──add──▶ scheduled, unless the run or the cache has the result
"""

from __future__ import annotations

from collections.abc import Sequence

from virgil_nb.engine.caching.cache import Cache
from virgil_nb.engine.caching.entry import Entry
from virgil_nb.engine.events import NodesCached
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.planning.topology import order_nodes
from virgil_nb.engine.runs.execution import Execution
from virgil_nb.engine.runs.graph import RunGraph
from virgil_nb.engine.runs.schedule import Schedule
from virgil_nb.engine.runs.served import is_still, tell_again
from virgil_nb.engine.runs.uses import Uses


class Demand:
    """schedule: the nodes that are to run and have not. counts_uses: results go when nothing needs them any more.

    Used by the worker's thread alone.
    """

    def __init__(self, execution: Execution, graph: RunGraph, cache: Cache) -> None:
        self.schedule = Schedule()
        self._execution = execution
        self._graph = graph
        self._cache = cache
        self._scheduled: set[str] = set()
        self.counts_uses = cache.policy == "needed"
        self._uses: Uses | None = Uses(execution, graph, cache) if self.counts_uses else None

    def begin(self, todo: Sequence[Prepared]) -> None:
        """What is known to be needed when the run begins."""
        self._scheduled = {prepared.node.id for prepared in todo}
        if self._uses is not None:
            for prepared in todo:
                self.will_use(prepared)

    def plan(self, todo: Sequence[Prepared]) -> None:
        """From here on, nodes run as soon as what they wait for is over; those that go elsewhere before the others."""
        schedule, entries, keys = self.schedule, self._execution.entries, self._graph.keys.keys
        for prepared in reversed(todo):
            lazy = prepared.spec.lazy
            wires = [wire for wire in prepared.wires if wire[0] not in lazy]
            schedule.add(prepared.node.id, [source for _, source, _, _, _ in wires if keys[source] not in entries])
        schedule.ready.reverse()
        kinds = {node: self._graph.prepared[node].spec for node in schedule.ready}
        schedule.ready.sort(key=lambda node: kinds[node].is_async or kinds[node].parallel)

    def add(self, nodes: Sequence[str]) -> list[str]:
        """Those of `nodes` that have no result yet; from now on they are scheduled, with all that they need."""

        def sources(node: str) -> list[str]:
            if node in self._scheduled or self.has(node):
                return []
            prepared = self._graph.prepared[node]
            return [wire[1] for wire in prepared.wires if wire[0] not in prepared.spec.lazy]

        for node in order_nodes(nodes, sources).order:
            if node not in self._scheduled and not self.has(node):
                self.schedule.add(node, [source for source in sources(node) if not self.has(source)])
                self._scheduled.add(node)
                self.will_use(self._graph.prepared[node])
        return [node for node in nodes if not self.has(node)]

    def has(self, node: str) -> bool:
        """Whether the node's result is here; it is taken from the cache if it is there."""
        key, entries = self._graph.keys.keys[node], self._execution.entries
        if key in entries:
            return True
        entry = self._cache.get(key)
        if entry is None or not is_still(self._graph, self._graph.prepared[node], entry, self._execution.services):
            return False
        entries[key] = entry
        self._execution.run.log.add(NodesCached, (node,))
        tell_again(self._execution, node, entry)
        return True

    def entry(self, node: str) -> Entry:
        """The node's result, which is here."""
        return self._execution.entries[self._graph.keys.keys[node]]

    def over(self, prepared: Prepared) -> None:
        """The node has its result: those that waited for it can go on, and what only it needed may go."""
        if self.schedule.waiting:
            self.schedule.finished(prepared.node.id)
        if self._uses is not None:
            self._uses.over([wire[1] for wire in prepared.wires])

    def will_use(self, prepared: Prepared) -> None:
        """The node is to run, so it will use the results that it is linked to once."""
        if self._uses is not None:
            self._uses.add([wire[1] for wire in prepared.wires])

    def will_collect(self, nodes: Sequence[str]) -> None:
        """An expanded node will use the results of `nodes`, which are inside of it."""
        if self._uses is not None:
            self._uses.add(nodes)

    def collected(self, nodes: Sequence[str]) -> None:
        """It has used them."""
        if self._uses is not None:
            self._uses.over(nodes)
