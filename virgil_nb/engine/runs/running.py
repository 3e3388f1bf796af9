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
from virgil_nb.engine.context import EXECUTION, RunCancelled, checking
from virgil_nb.engine.documents.document_node import Link
from virgil_nb.engine.errors import Problem, WorkflowInvalid
from virgil_nb.engine.events import Level, NodeFinished, NodeNote, NodeOutput, NodesAdded, NodesCached, NodeStarted
from virgil_nb.engine.kinds.function_node import NodeReturn
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.lists import Items
from virgil_nb.engine.planning.own_check import accepted
from virgil_nb.engine.planning.prepare import Prepared, name_of
from virgil_nb.engine.planning.topology import order_nodes
from virgil_nb.engine.runs.elsewhere import Elsewhere, Finished
from virgil_nb.engine.runs.execution import Call, Execution
from virgil_nb.engine.runs.failure import failure_of
from virgil_nb.engine.runs.graph import Grown, RunGraph
from virgil_nb.engine.runs.hidden import hidden_values
from virgil_nb.engine.runs.instances import Instances
from virgil_nb.engine.runs.mapping import Returned, blocked, calls_of, combine, is_mapped, join_ui, read_returned
from virgil_nb.engine.runs.run import SLICE
from virgil_nb.engine.runs.schedule import Schedule
from virgil_nb.engine.runs.uses import Uses
from virgil_nb.engine.services import Services
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
        self._registry = registry
        self._instances = instances
        self._keys = graph.keys.keys
        self._device = device
        self._schedule = Schedule()
        self._scheduled: set[str] = set()
        self._call = Call(execution)  # of the node that is called on this thread
        self._elsewhere: Elsewhere | None = None  # made for the first that goes there
        self._forget_cancel: Callable[[], None] | None = None
        self._twins: dict[bytes, list[str]] = {}  # keys that are under way elsewhere or expanded: the other nodes that have them
        self._expanded: dict[str, Begun] = {}
        self._asked: dict[str, set[str]] = {}
        self._unkept: set[str] = set()  # nodes whose results can't be told from others, as only the run has shown
        self._uses: Uses | None = Uses(execution, graph, cache) if cache.policy == "needed" else None

    def run(self, todo: list[Prepared]) -> None:
        """Runs `todo`, which is in an order in which it could run, the last first."""
        token = EXECUTION.set(self._call)
        self._scheduled = {prepared.node.id for prepared in todo}
        if self._uses is not None:
            for prepared in todo:
                self._uses.add([wire[1] for wire in prepared.wires])
        try:
            if not any(spec.special or spec.is_async for spec in {prepared.spec for prepared in todo}):
                self._run_in_order(todo)
            if todo or self._twins:
                self._plan(todo)
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

    def _plan(self, todo: Sequence[Prepared]) -> None:
        """From here on, nodes run as soon as what they wait for is over; those that go elsewhere before the others."""
        schedule, keys, entries = self._schedule, self._keys, self.execution.entries
        for prepared in reversed(todo):
            lazy = prepared.spec.lazy
            wires = [wire for wire in prepared.wires if wire[0] not in lazy]
            schedule.add(prepared.node.id, [source for _, source, _, _, _ in wires if keys[source] not in entries])
        schedule.ready.reverse()
        kinds = {node: self.graph.prepared[node].spec for node in schedule.ready}
        schedule.ready.sort(key=lambda node: kinds[node].is_async or kinds[node].parallel)

    def _run_when_ready(self) -> None:
        run = self.execution.run
        step = self._step if self._device is None else self._step_on_device
        ready = self._schedule.ready
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
        if self._schedule.waiting:
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
            self._add_arguments(prepared, arguments)
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
        arguments = self._arguments(prepared)
        calls = calls_of(spec, arguments)
        for message in dict.fromkeys(one.message for one in calls if isinstance(one, Blocker)):
            if message is not None:
                call.note(call.node_id, message, "warning")
        function = spec.function if spec.make is None else partial(spec.function, self._instances.of(prepared))
        begun = Begun(prepared, call, started, is_mapped(spec, arguments), [])
        if spec.parallel and not spec.is_async:
            begun.call = self._leave(prepared)
            self._away().begin_parallel(begun, begun.call, partial(call_all, begun, function, calls))
        else:
            begun.returned = call_all(begun, function, calls)
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
        if self._uses is not None:
            self._uses.add(wanted)
        self._schedule.add(node_id, self._demand(wanted))

    def _collect(self, begun: Begun) -> None:
        """The result of a node from the results of what it was expanded into."""
        parts = []
        for part, grown in zip(begun.returned, begun.grown, strict=True):
            if grown is None:
                parts.append(part)
                continue
            outputs = tuple(self._entry(value.node).outputs[value.slot] if type(value) is Link else value for value in grown.result)
            shown = [ui for ui in (part.ui, *(self._entry(key).ui for key in grown.outputs)) if ui is not None]
            parts.append(Returned(outputs, join_ui(shown)))
            if self._uses is not None:
                self._uses.over([*grown.outputs, *(value.node for value in grown.result if type(value) is Link)])
        inside = [node for grown in begun.grown if grown is not None for node in grown.nodes]
        if self.graph.looks_outside(inside):
            self._unkept.add(begun.prepared.node.id)
        entries = [self.execution.entries.get(self._keys[node]) for node in inside]
        kinds = self.graph.kinds_of(inside).union(*(entry.kinds for entry in entries if entry is not None))
        self._finish(begun, parts, tuple(sorted(kinds)))

    def _entry(self, node_id: str) -> Entry:
        return self.execution.entries[self._keys[node_id]]

    def _demand(self, nodes: Sequence[str]) -> list[str]:
        """Those of `nodes` that have no result yet; from now on they are scheduled, with all that they need."""

        def sources(node: str) -> list[str]:
            if node in self._scheduled or self._has(node):
                return []
            prepared = self.graph.prepared[node]
            return [wire[1] for wire in prepared.wires if wire[0] not in prepared.spec.lazy]

        for node in order_nodes(nodes, sources).order:
            if node not in self._scheduled and not self._has(node):
                self._schedule.add(node, [source for source in sources(node) if not self._has(source)])
                self._scheduled.add(node)
                if self._uses is not None:
                    self._uses.add([wire[1] for wire in self.graph.prepared[node].wires])
        return [node for node in nodes if not self._has(node)]

    def _has(self, node: str) -> bool:
        """Whether the node's result is here; it is taken from the cache if it is there."""
        key, entries = self._keys[node], self.execution.entries
        if key in entries:
            return True
        entry = self._cache.get(key)
        if entry is None or not is_still(self.graph, self.graph.prepared[node], entry, self.execution.services):
            return False
        entries[key] = entry
        self.execution.run.log.add(NodesCached, (node,))
        tell_again(self.execution, node, entry)
        return True

    # inputs

    def _arguments(self, prepared: Prepared) -> dict[str, Any]:
        """All inputs as they come: Items and Blockers among them, lazy ones None unless they were asked for, nothing copied."""
        spec, arguments = prepared.spec, prepared.values.copy()
        asked = self._asked.get(prepared.node.id, ())
        for name, source, slot, _, _ in prepared.wires:
            if name in spec.lazy and name not in asked:
                arguments[name] = None
            elif name in spec.by_name and spec.by_name[name].raw_link:
                arguments[name] = Link(source, slot)
            else:
                arguments[name] = self._entry(source).outputs[slot]
        self._add_arguments(prepared, arguments)
        return arguments

    def _add_arguments(self, prepared: Prepared, arguments: dict[str, Any]) -> None:
        """Objects kept beside the document, and what the engine fills in."""
        for name, reference in prepared.objects:
            arguments[name] = self.graph.objects[reference.hash]
        if prepared.spec.hidden:
            arguments.update(hidden_values(prepared.spec.hidden, prepared.node.id, self.graph, self._registry))

    def _ask(self, prepared: Prepared) -> bool:
        """Whether the node has all the lazy inputs that it asks for; if not, it runs again when they are there."""
        spec, node = prepared.spec, prepared.node
        asked = self._asked.setdefault(node.id, set())
        sources = {name: source for name, source, _, _, _ in prepared.wires if name in spec.lazy}
        while spec.check_lazy is not None:
            arguments = self._arguments(prepared)
            fresh: dict[str, None] = {}
            for one in calls_of(spec, arguments):
                if not isinstance(one, Blocker):
                    fresh.update(dict.fromkeys(self._check_lazy(prepared, one)))
            unknown = [name for name in fresh if name not in spec.by_name and name not in arguments]
            if unknown:
                raise ValueError(f"its check_lazy asks for {unknown[0]!r}, and it has no such input")
            wanted = [name for name in fresh if name in sources and name not in asked]
            if not wanted:
                break
            asked.update(wanted)
            missing = self._demand([sources[name] for name in wanted])
            if missing:
                self._schedule.add(node.id, missing)
                return False
        return True

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
        if self._schedule.waiting:
            self._schedule.finished(node_id)
        if self._twins:
            self._schedule.ready.extend(self._twins.pop(key, ()))
        if self._uses is not None:
            self._uses.over([wire[1] for wire in prepared.wires])
        if call.told_to_stop:
            raise RunCancelled

    def _tell_twin(self, node_id: str, entry: Entry) -> None:
        self.execution.run.log.add(NodesCached, (node_id,))
        tell_again(self.execution, node_id, entry)
        if self._schedule.waiting:
            self._schedule.finished(node_id)
        if self._uses is not None:
            self._uses.over([wire[1] for wire in self.graph.prepared[node_id].wires])

    def _fail(self, prepared: Prepared, call: Call, error: BaseException) -> NoReturn:
        self.execution.printed.finish(prepared.node.id)
        failure = failure_of(prepared, call, error, self.graph.display.get(prepared.node.id, prepared.node.id))
        raise failure from failure.__cause__

    def _circle(self) -> NoReturn:
        """What ends a run in which the nodes that are left wait for each other: an expansion led back to what waits for it."""
        ring = self._schedule.circle() or list(self._schedule.waiting)
        names = " → ".join(f"{name_of(self.graph.prepared[key].node)} ({key})" for key in ring[:10])
        message = f"{names}: these nodes wait for each other's results; none of them can run."
        first = next((key for key in ring if key not in self.graph.display), ring[0])
        shown = self.graph.display.get(first, first)
        error = WorkflowInvalid([Problem(shown, None, "dependency_cycle", message, {"nodes": ring})])
        self._fail(self.graph.prepared[first], self._call, error)


def call_all(begun: Begun, function: Callable[..., Any], calls: Sequence[dict[str, Any] | Blocker]) -> list[Any]:
    """What each call returns; what is changed by one is not seen by the next."""
    found: list[Any] = []
    for one in calls:
        if isinstance(one, Blocker):
            found.append(blocked(begun.prepared.spec))
            continue
        if found:
            begun.call.check_cancelled()
        given = one if begun.prepared.spec.trusted else {name: values.copy(value) for name, value in one.items()}
        found.append(function(**given))
    return found


def owned(outputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Outputs that nobody else holds, so that nobody can change them."""
    for value in outputs:
        if type(value) not in IMMUTABLE:
            return tuple([values.copy(value) for value in outputs])
    return outputs


def tell_again(execution: Execution, node_id: str, entry: Entry, *, notes: bool = True, ui: bool = True) -> None:
    """What a node said and shows, told once more: its result came from the cache."""
    level: Level
    for level, text in entry.notes if notes else ():
        execution.run.log.add(NodeNote, node_id, level, text)
    if ui and entry.ui is not None:
        execution.run.log.add(NodeOutput, node_id, entry.ui)


def is_still(graph: RunGraph, prepared: Prepared, entry: Entry, services: Services) -> bool:
    """Whether a cached result may stand for a run of the node: what that left outside is there, and what it was expanded into unchanged."""
    if entry.kinds and not graph.are_current(entry.kinds):
        return False
    still = prepared.spec.still
    if still is None or entry.ui is None:
        return True
    with checking(services):
        try:
            return bool(still(entry.ui))
        except Exception:
            log.warning("whether the result of %s still holds could not be told", prepared.spec.type, exc_info=True)
            return False
