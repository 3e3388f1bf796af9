"""`Executor`: runs the nodes of one plan, one after the other, on the worker thread.

    keys → what is cached, from the outputs backwards → each node that is left: inputs, call, outputs, cache, events

Values in the cache are nobody else's: a node that is not trusted gets copies, and what it returns is copied.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Callable, Container, Coroutine, Mapping
from pathlib import Path
from time import perf_counter
from types import CoroutineType
from typing import Any, Final, cast

from virgil_nb.engine import values
from virgil_nb.engine.cache import Entry, MemoryCache
from virgil_nb.engine.context import EXECUTION, RunCancelled
from virgil_nb.engine.errors import Interrupted, NodeError
from virgil_nb.engine.events import (
    Level,
    NodeFailed,
    NodeFinished,
    NodeNote,
    NodeOutput,
    NodesCached,
    NodeStarted,
    RunStarted,
    RunState,
)
from virgil_nb.engine.execution import Execution
from virgil_nb.engine.function_node import NodeReturn
from virgil_nb.engine.hidden import hidden_values
from virgil_nb.engine.keys import Keys
from virgil_nb.engine.prepare import Prepared
from virgil_nb.engine.printing import divided
from virgil_nb.engine.registry import Registry
from virgil_nb.engine.result import Planned, RunResult
from virgil_nb.engine.run import Run
from virgil_nb.engine.services import Services
from virgil_nb.engine.values import IMMUTABLE
from virgil_nb.engine.why import explain

logger = logging.getLogger(__name__)

PLANS_REMEMBERED: Final = 8
_PACKAGE: Final = __name__.partition(".")[0]
# where a traceback has not come to the node's own code yet
_NOT_THE_NODES: Final = (str(Path(__file__).parent), str(Path(asyncio.__file__).parent))


class Executor:
    """Runs plans against one cache."""

    def __init__(self, registry: Registry, services: Services, cache: MemoryCache, numerics: Callable[[], str]) -> None:
        self._registry = registry
        self._services = services
        self._cache = cache
        self._numerics = numerics
        self._before: deque[Planned] = deque(maxlen=PLANS_REMEMBERED)

    def execute(self, run: Run) -> None:
        """Executes and finishes `run`. What its nodes raise, and a cancel, end it; what else goes wrong is raised."""
        run.start()
        execution = Execution(run, self._services)
        token = EXECUTION.set(execution)
        state: RunState = "done"
        error: BaseException | None = None
        try:
            planned = Planned(run.plan, run.plan.keys(self._numerics, self._services))
            run.log.add(RunStarted, run.plan.order)
            try:
                self._nodes(execution, planned.keys, self._not_cached(execution, planned.keys))
            except RunCancelled:
                state, error = "cancelled", Interrupted(None)
            except NodeError as failure:
                state, error = "failed", failure
        finally:
            EXECUTION.reset(token)
            execution.close()
        result = self._result(execution, planned, complete=state == "done")
        if isinstance(error, (NodeError, Interrupted)):
            error.result = result
        run.finish(state, result, error)

    def _result(self, execution: Execution, planned: Planned, *, complete: bool) -> RunResult:
        executed, dropped = execution.executed, execution.dropped
        before = tuple(self._before)
        self._before.appendleft(planned)

        def why(node: str, served: Container[str]) -> str:
            key = planned.keys.keys.get(node)
            twin = next((other for other in executed if planned.keys.keys[other] == key), None)
            return explain(node, planned, executed, before, served, dropped, twin)

        return RunResult(planned, execution.entries, executed, complete=complete, look_up=self._cache.peek, explain=why)

    def _not_cached(self, execution: Execution, keys: Keys) -> list[Prepared]:
        """The nodes that have to run, the last first: from the outputs backwards, as far as results are missing."""
        plan, cache, entries = execution.run.plan, self._cache, execution.entries
        todo: list[Prepared] = []
        needed = set(plan.outputs)
        by_id, here = keys.keys, cache.keys()
        for prepared in reversed(plan.nodes):
            if not needed:
                break
            node_id = prepared.node.id
            if node_id in needed:
                needed.remove(node_id)
                key = by_id[node_id]
                if key not in entries:
                    entry = cache.get(key) if key in here else None
                    if entry is not None:
                        entries[key] = entry
                    else:
                        todo.append(prepared)
                        if cache.was_dropped(key):
                            execution.dropped.add(key)
                        for _, source, _, _, _ in prepared.wires:
                            needed.add(source)
        if len(todo) < len(plan.nodes):
            self._tell_cached(execution, keys, todo)
        return todo

    def _tell_cached(self, execution: Execution, keys: Keys, todo: list[Prepared]) -> None:
        """Events for the nodes that do not have to run: that they don't, what they said, and what output nodes among them show."""
        plan, events = execution.run.plan, execution.run.log
        cached = plan.order
        if todo:
            running = {prepared.node.id for prepared in todo}
            cached = tuple(key for key in plan.order if key not in running)
        events.add(NodesCached, cached)
        noted = self._cache.noted
        if noted:
            for node_id in cached:
                if keys.keys[node_id] in noted:
                    self._tell_again(execution, node_id, self._cache.peek(keys.keys[node_id]), ui=False)
        for node_id in plan.outputs:
            entry = execution.entries.get(keys.keys[node_id])
            if entry is not None and entry.ui is not None:
                self._tell_again(execution, node_id, entry, notes=False)

    def _tell_again(self, execution: Execution, node_id: str, entry: Entry | None, *, notes: bool = True, ui: bool = True) -> None:
        if entry is not None:
            for level, text in entry.notes if notes else ():
                execution.run.log.add(NodeNote, node_id, level, text)
            if ui and entry.ui is not None:
                execution.run.log.add(NodeOutput, node_id, entry.ui)

    def _nodes(self, execution: Execution, keys: Keys, todo: list[Prepared]) -> None:
        """Runs the nodes of `todo`, the last first."""
        if todo:
            with divided():
                try:
                    self._run_nodes(execution, keys, todo)
                finally:
                    execution.printed.close()

    def _run_nodes(self, execution: Execution, keys: Keys, todo: list[Prepared]) -> None:
        run, entries, by_id = execution.run, execution.entries, keys.keys
        finish_printing = execution.printed.finish
        put, uncacheable = self._cache.put, keys.uncacheable
        executed = execution.executed.append
        log, happened = run.log, run.log.items.append
        while todo:
            prepared = todo.pop()
            if run.cancelling:
                raise RunCancelled
            node_id = prepared.node.id
            key = by_id[node_id]
            if key in entries:  # an equal node ran before in this run
                log.add(NodesCached, (node_id,))
                self._tell_again(execution, node_id, entries[key])
                continue
            execution.node_id = node_id
            happened((NodeStarted, node_id))  # log.add without the call
            if log.watched:
                log.tell()
            started = perf_counter()
            try:
                entry = self._call(execution, prepared, by_id, started)
            except BaseException as error:  # noqa: BLE001 - SystemExit, KeyboardInterrupt and all: they are the node's
                finish_printing()
                failure = self._failure(execution, prepared, error)
                raise failure from failure.__cause__
            finish_printing()
            entries[key] = entry
            executed(node_id)
            if node_id not in uncacheable and not execution.told_to_stop:
                put(key, entry)
            if entry.ui is not None:
                log.add(NodeOutput, node_id, entry.ui)
            happened((NodeFinished, node_id, entry.seconds))
            if log.watched:
                log.tell()
            if execution.told_to_stop:
                raise RunCancelled

    def _call(self, execution: Execution, prepared: Prepared, keys: Mapping[str, bytes], started: float) -> Entry:
        """The node's result; raises what its function raises."""
        spec, entries = prepared.spec, execution.entries
        arguments = prepared.values.copy()
        for name, source, slot, _, _ in prepared.wires:
            value = entries[keys[source]].outputs[slot]
            arguments[name] = value if spec.trusted or type(value) in IMMUTABLE else values.copy(value)
        if prepared.objects or prepared.changeable or spec.hidden:
            self._more_arguments(execution, prepared, arguments)
        returned = spec.function(**arguments)
        if type(returned) is CoroutineType:
            returned = execution.wait_for(cast("Coroutine[Any, Any, Any]", returned))
        ui = None
        count = len(spec.outputs)
        if type(returned) is NodeReturn:
            outputs = tuple(returned.outputs)
            ui = None if returned.ui is None else dict(returned.ui)
            _check_count(len(outputs), count)
        elif count == 1:
            outputs = (returned,)
        elif count == 0:
            outputs = ()
        else:
            if not isinstance(returned, (tuple, list)):
                raise TypeError(f"it returned a {type(returned).__qualname__}, and has {count} outputs; return a tuple of {count} values")
            outputs = tuple(returned)
            _check_count(len(outputs), count)
        if not spec.trusted:
            for value in outputs:
                if type(value) not in IMMUTABLE:
                    outputs = tuple([values.copy(value) for value in outputs])
                    break
        notes: tuple[tuple[Level, str], ...] = ()
        if execution.notes:
            notes = tuple(execution.notes)
            execution.notes.clear()
        return Entry(outputs, ui, notes, perf_counter() - started)

    def _more_arguments(self, execution: Execution, prepared: Prepared, arguments: dict[str, Any]) -> None:
        """Objects kept beside the document, literal values that could be changed, and what the engine fills in."""
        spec, run = prepared.spec, execution.run
        for name, reference in prepared.objects:
            arguments[name] = run.objects[reference.hash]
            if not spec.trusted:
                arguments[name] = values.copy(arguments[name])
        for name in prepared.changeable:
            arguments[name] = values.copy(arguments[name])
        if spec.hidden:
            arguments.update(hidden_values(spec.hidden, prepared.node.id, run.document, self._registry))

    def _failure(self, execution: Execution, prepared: Prepared, error: BaseException) -> BaseException:
        """What ends the run when a node raised: RunCancelled if it was told to stop, else NodeError."""
        execution.notes.clear()
        run, node = execution.run, prepared.node
        if run.cancelling and (execution.told_to_stop or isinstance(error, RunCancelled)):
            return RunCancelled()
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_NOT_THE_NODES):
            trace = trace.tb_next
        error.__traceback__ = trace
        lines = tuple(line for text in traceback.format_exception(error) for line in text.splitlines())
        own = (getattr(prepared.spec.function, "__module__", "") or "").partition(".")[0] == _PACKAGE
        try:
            message = str(error)
        except Exception:  # noqa: BLE001 - someone's __str__
            message = ""
        run.log.add(NodeFailed, node.id, message, type(error).__name__, lines, not own)
        return NodeError(node.id, error, None, node_type=node.type, title=node.title)


def _check_count(given: int, wanted: int) -> None:
    if given != wanted:
        raise ValueError(f"it returned {given} value{'' if given == 1 else 's'}, and has {wanted} output{'' if wanted == 1 else 's'}")
