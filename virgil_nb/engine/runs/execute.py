"""`Executor`: executes runs on the worker thread.

keys → what is cached, from the outputs backwards → the nodes that are left (running.py) → the result
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Container
from typing import Final

from virgil_nb.engine.caching.cache import Cache
from virgil_nb.engine.caching.entry import Entry, StoredEntry
from virgil_nb.engine.context import RunCancelled
from virgil_nb.engine.errors import Interrupted, NodeError
from virgil_nb.engine.events import NodesCached, RunStarted, RunState
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.runs.execution import Execution
from virgil_nb.engine.runs.graph import RunGraph
from virgil_nb.engine.runs.instances import Instances
from virgil_nb.engine.runs.printing import divided
from virgil_nb.engine.runs.result import RunResult
from virgil_nb.engine.runs.run import Run
from virgil_nb.engine.runs.running import Running
from virgil_nb.engine.runs.served import is_still, tell_again
from virgil_nb.engine.runs.why import explain
from virgil_nb.engine.services import Services

GRAPHS_REMEMBERED: Final = 8


class Executor:
    """Executes runs against one cache."""

    def __init__(
        self,
        registry: Registry,
        services: Services,
        cache: Cache,
        numerics: Callable[[], str],
        device: threading.Lock | None = None,
    ) -> None:
        self._registry = registry
        self._services = services
        self._cache = cache
        self._numerics = numerics
        self._instances = Instances()
        self._device = device
        self._before: deque[RunGraph] = deque(maxlen=GRAPHS_REMEMBERED)

    def execute(self, run: Run) -> None:
        """Executes and finishes `run`. What its nodes raise, and a cancel, end it; what else goes wrong is raised."""
        run.start()
        execution = Execution(run, self._services)
        graph = RunGraph(run.plan, run.objects, self._registry, self._services, self._numerics)
        run.log.add(RunStarted, run.plan.order)
        state: RunState = "done"
        error: NodeError | Interrupted | None = None
        try:
            todo = self._not_cached(execution, graph)
            if todo:
                with divided():
                    try:
                        Running(execution, graph, self._cache, self._registry, self._instances, self._device).run(todo)
                    finally:
                        execution.printed.close()
        except RunCancelled:
            state, error = "cancelled", Interrupted(None)
        except NodeError as failure:
            state, error = "failed", failure
        self._instances.keep_only(graph.prepared)
        result = self._result(execution, graph, complete=state == "done")
        if error is not None:
            error.result = result
        run.finish(state, result, error)

    def _result(self, execution: Execution, graph: RunGraph, *, complete: bool) -> RunResult:
        executed, dropped = execution.seconds, execution.dropped
        before, policy = tuple(self._before), self._cache.policy
        self._before.appendleft(graph)

        def why(node: str, served: Container[str]) -> str:
            keys = graph.keys.keys
            twin = next((other for other in executed if keys[other] == keys.get(node)), None)
            return explain(node, graph, executed, before, served, dropped, twin, policy)

        return RunResult(graph, execution.entries, executed, complete=complete, look_up=self._cache.peek, explain=why)

    def _not_cached(self, execution: Execution, graph: RunGraph) -> list[Prepared]:
        """The nodes that have to run, the last first: from the outputs backwards, as far as results are missing."""
        plan, cache, entries = graph.plan, self._cache, execution.entries
        todo: list[Prepared] = []
        needed, used = set(plan.outputs), set[str]()
        by_id, here, full = graph.keys.keys, cache.keys(), cache.has_dropped
        at_hand, served = cache.at_hand, list[bytes]()
        for prepared in reversed(plan.nodes):
            if not needed:
                break
            node_id = prepared.node.id
            if node_id in needed:
                needed.remove(node_id)
                key = by_id[node_id]
                entry = entries.get(key)
                if entry is None:
                    entry = at_hand(key)
                    if entry is not None:
                        served.append(key)
                    elif key in here:
                        entry = cache.get(key, lazy=node_id not in used)
                elif node_id in used and isinstance(entry, StoredEntry) and not entry.load():
                    del entries[key]  # what an equal node only shows, this one's outputs are used of, and they are gone
                    entry = None
                plain = entry is not None and not entry.kinds and prepared.spec.still is None
                if entry is not None and (plain or is_still(graph, prepared, entry, self._services)):
                    entries[key] = entry
                    continue
                todo.append(prepared)
                if full and cache.was_dropped(key):
                    execution.dropped.add(key)
                lazy = prepared.spec.lazy
                for name, source, _, _, _ in prepared.wires:
                    if not lazy or name not in lazy:
                        needed.add(source)
                        used.add(source)
        cache.used(served)
        if len(todo) < len(plan.nodes):
            self._tell_cached(execution, graph, todo)
        return todo

    def _tell_cached(self, execution: Execution, graph: RunGraph, todo: list[Prepared]) -> None:
        """Events for the nodes that do not have to run: that they don't, what they said, and what output nodes among them show."""
        plan, keys = graph.plan, graph.keys.keys
        cached = plan.order
        if todo:
            running = {prepared.node.id for prepared in todo}
            cached = tuple(key for key in plan.order if key not in running)
        execution.run.log.add(NodesCached, cached)
        noted = self._cache.noted
        if noted:
            for node_id in cached:
                if keys[node_id] in noted and (entry := self._cache.peek(keys[node_id])) is not None:
                    tell_again(execution, node_id, entry, ui=False)
        for node_id in plan.outputs:
            shown: Entry | None = execution.entries.get(keys[node_id])
            if shown is not None and shown.ui is not None:
                tell_again(execution, node_id, shown, notes=False)
