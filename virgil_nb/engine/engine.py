"""`Engine`: submits workflows to its worker and keeps their results. The one object that a session needs.

run = engine.submit(document)          # checked here and now; WorkflowInvalid if an output can't run
result = run.result()                  # waits
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from virgil_nb.engine.cache import MemoryCache
from virgil_nb.engine.document import Document
from virgil_nb.engine.errors import Problem
from virgil_nb.engine.event_log import Listener
from virgil_nb.engine.events import RunQueued
from virgil_nb.engine.execute import Executor
from virgil_nb.engine.plan import Planner
from virgil_nb.engine.registry import Registry, default_registry
from virgil_nb.engine.run import Run, RunInfo
from virgil_nb.engine.services import NO_SERVICES, Services
from virgil_nb.engine.validation import NO_OBJECTS, validate
from virgil_nb.engine.worker import Worker

CACHE_BYTES: Final = 2 << 30


class Engine:
    """registry: the kinds of nodes. services: what nodes may use. numerics: names all that changes numbers (dtypes, device type, torch's
    version), part of the key of every node whose code may depend on it; asked on the worker at each run that has one. An engine that
    nobody holds any more ends its thread.
    """

    def __init__(
        self,
        registry: Registry | None = None,
        *,
        services: Services | None = None,
        cache_bytes: int = CACHE_BYTES,
        numerics: Callable[[], str] = lambda: "",
        name: str = "virgil",
    ) -> None:
        self.registry = registry if registry is not None else default_registry()
        self.services = services if services is not None else NO_SERVICES
        self.cache = MemoryCache(cache_bytes)
        self.name = name
        self._planner = Planner(self.registry, self.services)
        self._worker = Worker(Executor(self.registry, self.services, self.cache, numerics).execute, name)
        self._end = weakref.finalize(self, self._worker.close)

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
        echo: bool = True,
        listeners: Iterable[Listener] = (),
    ) -> Run:
        """The run of `document`, queued. outputs: ids of nodes to run for, else all output nodes.

        objects: what the document's ObjectRefs stand for. echo: what nodes print goes to where prints go, beside the events; off, to
        the events alone. Raises WorkflowInvalid if a requested output can't run (partial: if none can).
        """
        held = NO_OBJECTS if not objects else MappingProxyType(dict(objects))
        plan = self._planner.plan(document, held, outputs, partial)
        self._worker.begin()
        run = Run(plan, held, label or document.name, self._worker, echo)
        for listener in listeners:
            run.add_listener(listener)
        run.engine = self
        run.log.add(RunQueued, self._worker.length(front), plan.order)
        self._worker.put(run, front)
        return run

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
        """The last runs that are over, the newest last."""
        return self._worker.history()

    def interrupt(self) -> None:
        """Stops the run that is executed; those that wait go on."""
        run = self._worker.current()
        if run is not None:
            run.cancel()

    def clear_cache(self) -> None:
        """Forgets all results."""
        self.cache.clear()

    def close(self) -> None:
        """Stops everything, for good."""
        self._end()
