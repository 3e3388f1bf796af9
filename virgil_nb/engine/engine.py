"""`Engine`: submits workflows to its worker and keeps their results. The one object that a session needs.

run = engine.submit(document)          # checked here and now; WorkflowInvalid if an output can't run
result = run.result()                  # waits
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from virgil_nb.engine.caching.cache import Cache
from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.errors import Problem, VirgilError
from virgil_nb.engine.history.past import History, MemoryHistory
from virgil_nb.engine.kinds.registry import Registry, default_registry
from virgil_nb.engine.planning.plan import Planner
from virgil_nb.engine.planning.validation import NO_OBJECTS, validate
from virgil_nb.engine.runs.devices import device_lock
from virgil_nb.engine.runs.event_log import Listener
from virgil_nb.engine.runs.execute import Executor
from virgil_nb.engine.runs.run import Run, RunInfo
from virgil_nb.engine.runs.run_log import log_run
from virgil_nb.engine.runs.worker import Worker
from virgil_nb.engine.services import NO_SERVICES, Services

CACHE_BYTES: Final = 2 << 30


class Engine:
    """registry: the kinds of nodes. services: what nodes may use. cache: where results are kept, else `cache_bytes` of memory.

    numerics: names all that changes numbers (dtypes, device type, torch's version), part of the key of every node whose code may depend
    on it; asked on the worker at each run that has one. history: keeps the runs that are over; without one, the last are kept in memory.
    device: engines that name the same one run their nodes one at a time (async and parallel nodes apart); None: this engine minds no
    other. An engine that nobody holds any more ends its thread.
    """

    def __init__(
        self,
        registry: Registry | None = None,
        *,
        services: Services | None = None,
        cache: Cache | None = None,
        cache_bytes: int = CACHE_BYTES,
        numerics: Callable[[], str] = lambda: "",
        history: History | None = None,
        device: str | None = None,
        name: str = "virgil",
    ) -> None:
        self.registry = registry if registry is not None else default_registry()
        self.services = services if services is not None else NO_SERVICES
        self.cache = Cache(cache_bytes) if cache is None else cache
        self.name = name
        self.past: History = MemoryHistory() if history is None else history
        lock = None if device is None else device_lock(device)
        self._planner = Planner(self.registry, self.services)
        self._worker = Worker(Executor(self.registry, self.services, self.cache, numerics, lock).execute, name, self.past)
        self._end = weakref.finalize(self, _end, self._worker, self.cache)

    def validate(
        self, document: Document, objects: Mapping[str, object] | None = None, outputs: Sequence[str] | None = None
    ) -> list[Problem]:
        """All faults of `document` here; empty when it can run."""
        return validate(document, self.registry, self.services, NO_OBJECTS if objects is None else objects, outputs)

    def submit(
        self,
        document: Document,
        *,
        outputs: Sequence[str] | None = None,
        objects: Mapping[str, object] | None = None,
        partial: bool = False,
        label: str = "",
        front: bool = False,
        priority: float = 0.0,
        run_id: str | None = None,
        echo: bool = True,
        listeners: Iterable[Listener] = (),
    ) -> Run:
        """The run of `document`, queued. outputs: ids of nodes to run for, else all output nodes.

        objects: what the document's ObjectRefs stand for. priority: lower runs sooner, equal ones run as they came. front: before all
        that wait, whatever their priority. run_id: an id that no other run has or had. echo: what nodes print goes to where prints go,
        beside the events; off, to the events alone.

        Raises WorkflowInvalid if a requested output can't run (partial: if none can), VirgilError for an id that is known and once the
        engine is closed. When it raises, whatever it is, nothing waits or runs.
        """
        held = NO_OBJECTS if not objects else MappingProxyType(dict(objects))
        plan = self._planner.plan(document, held, outputs, partial)
        if run_id is not None:
            self._check_new(run_id)
        run = Run(plan, held, label or document.name, self._worker, echo, run_id)
        for listener in listeners:
            run.add_listener(listener)
        log_run(run)
        run.engine = self
        try:
            self._worker.put(run, front=front, priority=priority)
        except BaseException:
            run.cancel()  # wherever it broke off: who heard that it was queued hears that it is over
            raise
        return run

    def _check_new(self, run_id: str) -> None:
        if not run_id:
            raise VirgilError("the id of a run is empty; give one that no other run has, or none")
        if self.past.find(run_id) is not None:
            raise VirgilError(f"a run with the id {run_id!r} is in the history already; give another id, or none")

    @property
    def queue(self) -> list[RunInfo]:
        """The run that is executed, then those that wait, in order."""
        return [run.info() for run in self._worker.runs()]

    @property
    def runs(self) -> list[Run]:
        """As `queue`, the runs themselves."""
        return self._worker.runs()

    @property
    def history(self) -> list[RunInfo]:
        """The last runs of this engine that are over, the newest last; `past` has more of them, and more to each."""
        return self.past.recent()

    def interrupt(self, run_id: str | None = None) -> bool:
        """Stops a run that is executed or waits, None: the one that is executed; the others go on. False if there is no such run."""
        for run in self._worker.runs() if run_id is not None else [self._worker.current()]:
            if run is not None and run_id in (None, run.id):
                run.cancel()
                return True
        return False

    def to_front(self, run_id: str) -> bool:
        """Puts a run that waits before all others that do; False if it does not wait."""
        return self._worker.to_front(run_id)

    def delete(self, run_ids: Iterable[str]) -> int:
        """Takes runs that wait out of the queue, all at once; they end as cancelled. Returns how many did wait."""
        return self._worker.withdraw_all(run_ids)

    def clear_queue(self) -> int:
        """Takes all runs that wait out of the queue; the one that is executed goes on. Returns how many there were."""
        return self._worker.withdraw_all()

    def clear_cache(self, *, disk: bool = False) -> None:
        """Forgets all results in memory; disk: and those that are stored there, of all engines that use the folder."""
        self.cache.clear(disk=disk)

    def close(self) -> None:
        """Stops everything, for good."""
        self._end()
        self.past.flush()


def _end(worker: Worker, cache: Cache) -> None:
    """Ends the engine's threads: also when the process ends, so that what waits to be stored is."""
    worker.close()
    cache.close()
