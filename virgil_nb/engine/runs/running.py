"""`Running`: the nodes of one run, called one after the other on the worker, some of them elsewhere meanwhile.

    ready ─▶ has a twin run? ─▶ inputs it asks for ─▶ calls ─▶ expanded? ─▶ result ─▶ cache, events, those that waited for it
                                                        └─▶ elsewhere (async, parallel) ─▶ back here when they are over

Values in the cache are nobody else's: a node that is not trusted gets copies, and what it returns is copied.

On a Python without the global lock, async and parallel nodes really run beside each other and beside the worker. What would still wait
in line: nodes that share a device (on purpose), the worker's own bookkeeping between two nodes, and the cache's table while an entry is
put in or taken out (no value is copied under that lock).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from types import CoroutineType
from typing import Any, Final, NoReturn

from virgil_nb.engine import values
from virgil_nb.engine.blocker import Blocker
from virgil_nb.engine.caching.cache import Cache
from virgil_nb.engine.caching.entry import Entry
from virgil_nb.engine.context import EXECUTION, RunCancelled
from virgil_nb.engine.documents.document_node import Link
from virgil_nb.engine.events import NodeFinished, NodeOutput, NodesAdded, NodesCached, NodeStarted
from virgil_nb.engine.kinds.function_node import NodeReturn
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.lists import Items
from virgil_nb.engine.planning.own_check import accepted
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.runs.demand import Demand
from virgil_nb.engine.runs.elsewhere import Elsewhere, Finished
from virgil_nb.engine.runs.execution import Call, Execution
from virgil_nb.engine.runs.failure import circle_of, failure_of
from virgil_nb.engine.runs.graph import Grown, RunGraph
from virgil_nb.engine.runs.inputs import Inputs
from virgil_nb.engine.runs.instances import Instances
from virgil_nb.engine.runs.mapping import Returned, call_all, calls_of, combine, is_mapped, join_ui, owned, read_returned
from virgil_nb.engine.runs.run import SLICE
from virgil_nb.engine.runs.served import tell_again
from virgil_nb.engine.values import IMMUTABLE

log = logging.getLogger(__name__)

ROOM_BYTES: Final = 256 << 20  # freed at least, where there are so many, before a node is called again


@dataclass(slots=True)
class Begun:
    """A node whose calls were made and are not all over. returned: what each gave so far; later: the calls that are still to come.

    grown: per call, the nodes that it was expanded into.
    """

    prepared: Prepared
    call: Call
    started: float
    mapped: bool
    returned: list[Any]
    later: tuple[int, ...] = ()
    grown: list[Grown | None] = field(default_factory=list)


class Running:
    """Runs the nodes of one graph. `run` returns when all are over, or raises NodeError or RunCancelled."""

    def __init__(
        self,
        execution: Execution,
        graph: RunGraph,
        cache: Cache,
        registry: Registry,
        instances: Instances,
        device: threading.Lock | None = None,
    ) -> None:
        self.execution = execution
        self.graph = graph
        self._cache = cache
        self._instances = instances
        self._keys = graph.keys.keys
        self._device = device
        self._demand = Demand(execution, graph, cache)
        self._inputs = Inputs(graph, registry, self._demand)
        self._call = Call(execution)  # of the node that is called on this thread
        self._elsewhere: Elsewhere | None = None  # made for the first that goes there
        self._forget_cancel: Callable[[], None] | None = None
        self._twins: dict[bytes, list[str]] = {}  # keys that are under way elsewhere or expanded: the other nodes that have them
        self._expanded: dict[str, Begun] = {}
        self._unkept: set[str] = set()  # nodes whose results can't be told from others, as only the run has shown

    def run(self, todo: list[Prepared]) -> None:
        """Runs `todo`, which is in an order in which it could run, the last first."""
        token = EXECUTION.set(self._call)
        self._demand.begin(todo)
        try:
            if not any(spec.special or spec.is_async for spec in {prepared.spec for prepared in todo}):
                self._run_in_order(todo)
            if todo or self._twins:
                self._demand.plan(todo)
                self._run_when_ready()
        finally:
            EXECUTION.reset(token)
            self.execution.over = True
            if self._forget_cancel is not None:
                self._forget_cancel()
            if self._elsewhere is not None:
                self._elsewhere.close()

    def _run_in_order(self, todo: list[Prepared]) -> None:
        """The usual run, in which each node is over before the next begins; ends as soon as one is not."""
        run, twins = self.execution.run, self._twins
        step = self._step if self._device is None else self._step_on_device
        while todo and not twins:
            if run.cancelling:
                raise RunCancelled
            step(todo.pop())

    def _run_when_ready(self) -> None:
        run = self.execution.run
        step = self._step if self._device is None else self._step_on_device
        schedule = self._demand.schedule
        ready = schedule.ready
        while True:
            if run.cancelling:
                raise RunCancelled
            elsewhere = self._elsewhere
            if elsewhere is not None and elsewhere.running:
                finished = elsewhere.take(wait=not ready)
                if finished is not None:
                    self._come_back(finished)
                if finished is not None or not ready:
                    continue
            elif not ready:
                break
            step(self.graph.prepared[ready.pop()])
        if schedule.waiting:
            self._circle()

    def _step_on_device(self, prepared: Prepared) -> None:
        """As `_step`, while no other engine of this process uses the device."""
        device, run = self._device, self.execution.run
        assert device is not None
        while not device.acquire(timeout=SLICE):
            if run.cancelling:
                raise RunCancelled
        try:
            self._step(prepared)
        finally:
            device.release()

    def _step(self, prepared: Prepared) -> None:
        """Calls a node, or finds that it need not be called, or not yet."""
        node_id, spec, call, execution = prepared.node.id, prepared.spec, self._call, self.execution
        key = self._keys[node_id]
        if key in execution.entries:  # an equal node ran before in this run
            self._tell_twin(node_id, execution.entries[key])
            return
        call.node_id = node_id
        again = False
        try:
            if self._twins:
                if node_id in self._expanded:
                    self._collect(self._expanded.pop(node_id))
                    return
                if key in self._twins:
                    self._twins[key].append(node_id)
                    return
            if spec.special:
                if not spec.lazy or self._ask(prepared):
                    execution.run.log.add(NodeStarted, node_id)
                    self._call_each(prepared, perf_counter())
                return
            log = execution.run.log
            log.items.append((NodeStarted, node_id))  # log.add without the call
            if log.watched:
                log.tell()
            self._call_once(prepared, key)
        except BaseException as error:  # noqa: BLE001 - SystemExit, KeyboardInterrupt and all: they are the node's
            if not self._made_room(error):
                self._fail(prepared, call, error)
            call.notes.clear()
            again = True
        if again:  # out here the error is gone, and with it what its traceback held
            self._step(prepared)

    def _made_room(self, error: BaseException) -> bool:
        """Whether memory was short and results that this run does not hold made room for another try."""
        short = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
        return short and self._cache.free(max(ROOM_BYTES, self._cache.nbytes // 4), self.execution.entries) > 0

    # calling

    def _call_once(self, prepared: Prepared, key: bytes) -> None:
        """The usual node: one value an input, one call, its result at once."""
        started = perf_counter()
        spec, entries, keys = prepared.spec, self.execution.entries, self._keys
        arguments = prepared.values.copy()
        for name, source, slot, _, _ in prepared.wires:
            value = entries[keys[source]].outputs[slot]
            if type(value) not in IMMUTABLE:
                if type(value) is Items or type(value) is Blocker:
                    self._call_each(prepared, started)
                    return
                if not spec.trusted:
                    value = values.copy(value)
            arguments[name] = value
        if prepared.objects or prepared.changeable or spec.hidden:
            self._inputs.add(prepared, arguments)
            if not spec.trusted:
                for name, _ in prepared.objects:
                    arguments[name] = values.copy(arguments[name])
                for name in prepared.changeable:
                    arguments[name] = values.copy(arguments[name])
        returned = spec.function(**arguments)
        kind = type(returned)
        if kind is CoroutineType or kind is NodeReturn or kind is Blocker:
            self._go_on(Begun(prepared, self._call, started, False, [returned]))
            return
        outputs = (returned,) if len(spec.outputs) == 1 else read_returned(spec, returned).outputs
        if not spec.trusted:
            outputs = owned(outputs)
        self._done(prepared, key, Entry(outputs, None, self._call.take_notes(), perf_counter() - started), self._call)

    def _call_each(self, prepared: Prepared, started: float) -> None:
        """A node with lists, lazy inputs, an instance or a thread of its own: one call for each item, none where something blocks."""
        spec, call = prepared.spec, self._call
        arguments = self._inputs.of(prepared)
        calls = calls_of(spec, arguments)
        for message in dict.fromkeys(one.message for one in calls if isinstance(one, Blocker)):
            if message is not None:
                call.note(call.node_id, message, "warning")
        function = spec.function if spec.make is None else partial(spec.function, self._instances.of(prepared))
        begun = Begun(prepared, call, started, is_mapped(spec, arguments), [])
        if spec.parallel and not spec.is_async:
            begun.call = self._leave(prepared)
            self._away().begin_parallel(begun, begun.call, partial(call_all, spec, function, calls, begun.call.check_cancelled))
        else:
            begun.returned = call_all(spec, function, calls, begun.call.check_cancelled)
            self._go_on(begun)

    def _away(self) -> Elsewhere:
        if self._elsewhere is None:
            self._elsewhere = Elsewhere(self.execution.run.label or "virgil")
        return self._elsewhere

    def _leave(self, prepared: Prepared) -> Call:
        """The call of a node that goes on elsewhere, while this thread calls others."""
        if self._forget_cancel is None:
            self._forget_cancel = self.execution.run.on_cancel(self._away().wake)
        self._twins[self._keys[prepared.node.id]] = []
        own = Call(self.execution, prepared.node.id)
        own.notes.extend(self._call.take_notes())
        return own

    def _come_back(self, finished: Finished) -> None:
        """Goes on with a node that was elsewhere."""
        begun: Begun = finished.what
        try:
            if finished.error is not None:
                raise finished.error
            if begun.later:
                for number, value in zip(begun.later, finished.value, strict=True):
                    begun.returned[number] = value
                begun.later = ()
            else:
                begun.returned = finished.value
            self._go_on(begun)
        except BaseException as error:  # noqa: BLE001
            self._fail(begun.prepared, begun.call, error)

    def _go_on(self, begun: Begun) -> None:
        """What comes after the calls: waiting for those that are coroutines, or for what they were expanded into, or the result."""
        prepared, spec = begun.prepared, begun.prepared.spec
        begun.later = tuple(number for number, value in enumerate(begun.returned) if type(value) is CoroutineType)
        if begun.later:
            if begun.call is self._call:
                begun.call = self._leave(prepared)
            self._away().begin_async(begun, begun.call, [begun.returned[number] for number in begun.later])
            return
        parts = [value if type(value) is Returned else read_returned(spec, value) for value in begun.returned]
        if any(part.expand is not None for part in parts):
            self._expand(begun, parts)
        else:
            self._finish(begun, parts)

    def _finish(self, begun: Begun, parts: Sequence[Returned], kinds: tuple[tuple[str, str], ...] = ()) -> None:
        spec = begun.prepared.spec
        outputs = combine(spec, parts, begun.mapped)
        if not spec.trusted:
            outputs = owned(outputs)
        ui = join_ui([part.ui for part in parts if part.ui is not None])
        entry = Entry(outputs, ui, begun.call.take_notes(), perf_counter() - begun.started, kinds)
        self._done(begun.prepared, self._keys[begun.prepared.node.id], entry, begun.call)

    # expansion

    def _expand(self, begun: Begun, parts: list[Returned]) -> None:
        """Adds the nodes that the calls were expanded into; the node goes on when they are over."""
        graph, node_id = self.graph, begun.prepared.node.id
        if begun.call is self._call:
            begun.call = self._leave(begun.prepared)
        else:
            self._twins.setdefault(self._keys[node_id], [])
        graph.own()
        self._keys = graph.keys.keys
        wanted: list[str] = []
        added: dict[str, str] = {}
        begun.grown, begun.returned = [], parts
        for number, part in enumerate(parts):
            if part.expand is None:
                begun.grown.append(None)
                continue
            literal = (value if type(value) is Link else values.copy(value) for value in part.outputs)
            grown = graph.grow(node_id, number, part.expand, literal)
            begun.grown.append(grown)
            wanted += [*grown.outputs, *(value.node for value in grown.result if type(value) is Link)]
            added.update((key, graph.display.get(key, key)) for key in grown.nodes)
        self.execution.run.log.add(NodesAdded, node_id, added)
        self._expanded[node_id] = begun
        self._demand.will_collect(wanted)
        self._demand.schedule.add(node_id, self._demand.add(wanted))

    def _collect(self, begun: Begun) -> None:
        """The result of a node from the results of what it was expanded into."""
        parts = []
        for part, grown in zip(begun.returned, begun.grown, strict=True):
            if grown is None:
                parts.append(part)
                continue
            outputs = tuple(self._demand.entry(value.node).outputs[value.slot] if type(value) is Link else value for value in grown.result)
            shown = [ui for ui in (part.ui, *(self._demand.entry(key).ui for key in grown.outputs)) if ui is not None]
            parts.append(Returned(outputs, join_ui(shown)))
            self._demand.collected([*grown.outputs, *(value.node for value in grown.result if type(value) is Link)])
        inside = [node for grown in begun.grown if grown is not None for node in grown.nodes]
        if self.graph.looks_outside(inside):
            self._unkept.add(begun.prepared.node.id)
        entries = [self.execution.entries.get(self._keys[node]) for node in inside]
        kinds = self.graph.kinds_of(inside).union(*(entry.kinds for entry in entries if entry is not None))
        self._finish(begun, parts, tuple(sorted(kinds)))

    # lazy inputs

    def _ask(self, prepared: Prepared) -> bool:
        """Whether the node has all the lazy inputs that it asks for; if not, it runs again when they are there."""
        missing = self._inputs.ask(prepared, self._check_lazy)
        if missing:
            self._demand.schedule.add(prepared.node.id, missing)
        return not missing

    def _check_lazy(self, prepared: Prepared, arguments: dict[str, Any]) -> list[str]:
        check = prepared.spec.check_lazy
        assert check is not None
        if prepared.spec.make is not None:
            check = partial(check, self._instances.of(prepared))
        said = check(**accepted(check, arguments))
        if type(said) is CoroutineType:
            said = self._away().complete(self._call, said)
        return [said] if isinstance(said, str) else list(said or ())

    # what came of it

    def _done(self, prepared: Prepared, key: bytes, entry: Entry, call: Call) -> None:
        """A node has its result: it is kept, told, and those that waited for it go on."""
        execution, node_id = self.execution, prepared.node.id
        if execution.printed.waiting:
            execution.printed.finish(node_id)
        execution.entries[key] = entry
        execution.seconds[node_id] = entry.seconds
        if self._unkept and any(wire[1] in self._unkept for wire in prepared.wires):
            self._unkept.add(node_id)
        if node_id not in self.graph.keys.uncacheable and node_id not in self._unkept and not call.told_to_stop:
            self._cache.put(key, entry)
        log = execution.run.log
        if entry.ui is not None:
            log.add(NodeOutput, node_id, entry.ui)
        log.items.append((NodeFinished, node_id, entry.seconds))
        if log.watched:
            log.tell()
        demand = self._demand
        if demand.schedule.waiting or demand.counts_uses:
            demand.over(prepared)
        if self._twins:
            demand.schedule.ready.extend(self._twins.pop(key, ()))
        if call.told_to_stop:
            raise RunCancelled

    def _tell_twin(self, node_id: str, entry: Entry) -> None:
        self.execution.run.log.add(NodesCached, (node_id,))
        tell_again(self.execution, node_id, entry)
        self._demand.over(self.graph.prepared[node_id])

    def _fail(self, prepared: Prepared, call: Call, error: BaseException) -> NoReturn:
        self.execution.printed.finish(prepared.node.id)
        failure = failure_of(prepared, call, error, self.graph.display.get(prepared.node.id, prepared.node.id))
        raise failure from failure.__cause__

    def _circle(self) -> NoReturn:
        """What ends a run in which the nodes that are left wait for each other: an expansion led back to what waits for it."""
        schedule = self._demand.schedule
        first, error = circle_of(schedule.circle() or list(schedule.waiting), self.graph)
        self._fail(self.graph.prepared[first], self._call, error)
