"""`Run`: one submitted workflow, from the queue to its result. Any thread may look at it, wait for it, or stop it.

queued ──▶ running ──▶ done | failed | cancelled
   └──────────────────────────────▶ cancelled
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from virgil_nb.engine.context import EXECUTION
from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.errors import Interrupted, NodeError, RunInsideNode, message_of
from virgil_nb.engine.events import Event, RunFinished, RunState
from virgil_nb.engine.runs.event_log import EventLog, Listener

if TYPE_CHECKING:
    from virgil_nb.engine.planning.plan import Plan
    from virgil_nb.engine.runs.result import RunResult

SLICE: Final = 0.1  # seconds; waits are made of short ones, as some platforms deliver no KeyboardInterrupt inside a long one
WORKER: Final = threading.local()  # .here is set on worker threads


class RunInfo(NamedTuple):
    """A run as queue and history list it; holds none of its values.

    submitted, started, finished: seconds since 1970. error: what went wrong, in a sentence; node: in which one.
    number: its place in the history, counted up; 0 before it is there. thumbnails: how many the history has.
    """

    id: str
    label: str
    state: RunState
    submitted: float
    seconds: float | None
    executed: int
    cached: int
    error: str
    started: float | None = None
    finished: float | None = None
    node: str | None = None
    number: int = 0
    thumbnails: int = 0


class Queue(Protocol):
    """Where a run waits."""

    def position(self, run: Run) -> int | None:
        """How many are before it; None if it is not here."""
        ...

    def withdraw(self, run: Run) -> bool:
        """Takes a run that waits out of the queue, and tells it; False if it does not wait (any more)."""
        ...

    def finished(self, run: Run) -> None:
        """Hears that a run is over."""
        ...


class Latch:
    """Shut until it is opened, once and for all. What `threading.Event` does, without a condition and a list of who waits."""

    __slots__ = ("_lock", "_open")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self._open = False

    def open(self) -> None:
        """Lets all pass, now and later. Called once."""
        self._open = True
        self._lock.release()

    def wait(self, timeout: float) -> bool:
        """Whether it is open within `timeout` seconds."""
        if not self._open and self._lock.acquire(timeout=timeout):
            self._lock.release()  # an interrupt just before this costs who else waits its timeout, no more
        return self._open


class Run:
    """One run of one document, which is a snapshot. label: what the queue calls it. echo: what nodes print is told and printed."""

    def __init__(
        self, plan: Plan, objects: Mapping[str, object], label: str, queue: Queue, echo: bool = True, run_id: str | None = None
    ) -> None:
        self.id = os.urandom(16).hex() if run_id is None else run_id
        self.label = label
        self.echo = echo
        self.plan = plan
        self.objects = objects
        self.submitted = time.time()
        self.log = EventLog(self.id)
        self.engine: object = None  # alive as long as its run is
        self.state: RunState = "queued"
        self.cancelling = False
        self.started: float | None = None  # seconds since 1970; started_at: by a clock that nobody sets
        self.started_at: float | None = None
        self.finished: float | None = None
        self.seconds: float | None = None
        self._queue = queue
        self._result: RunResult | None = None
        self._error: BaseException | None = None
        self._over = Latch()
        self._on_cancel: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    @property
    def document(self) -> Document:
        """The document as it was submitted."""
        return self.plan.document

    @property
    def done(self) -> bool:
        """Whether it is over, however it ended."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def position(self) -> int | None:
        """How many runs are before it in the queue; 0 when it is next or running, None when it is over."""
        return None if self.done else self._queue.position(self)

    def cancel(self) -> None:
        """Stops the run: at once while it waits, else between two nodes or where its node looks. What is computed stays cached."""
        with self._lock:
            if self.cancelling or self.done:
                return
            self.cancelling = True
            calls = list(self._on_cancel)
        if not self._queue.withdraw(self):
            for call in calls:
                call()

    def withdrawn(self) -> None:
        """For the queue: it waits no longer, and will not run."""
        self.cancelling = True
        self.finish("cancelled", None, Interrupted(None))

    def on_cancel(self, call: Callable[[], object]) -> Callable[[], None]:
        """Calls `call()`, on the cancelling thread, when the run is to stop (at once if it is already); what comes back ends that."""
        with self._lock:
            late = self.cancelling
            if not late:
                self._on_cancel.append(call)
        if late:
            call()

        def stop() -> None:
            with self._lock:
                if call in self._on_cancel:
                    self._on_cancel.remove(call)

        return stop

    def wait(self, timeout: float | None = None) -> bool:
        """Whether the run is over within `timeout` seconds. Raises RunInsideNode where it would wait for itself."""
        if self.done:
            return True
        refuse_inside_node()
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            left = SLICE if until is None else min(SLICE, until - time.monotonic())
            if self._over.wait(max(0.0, left)):
                return True
            if until is not None and time.monotonic() >= until:
                return False

    def result(self, timeout: float | None = None) -> RunResult:
        """What the run gave. Raises NodeError, Interrupted, or TimeoutError (the run goes on); RunInsideNode as `wait` does.

        A KeyboardInterrupt ends the waiting, not the run.
        """
        if not self.wait(timeout):
            raise TimeoutError(f"the run is not over after {timeout:g} s; it goes on")
        if self._error is not None:
            raise self._error
        assert self._result is not None
        return self._result

    @property
    def partial_result(self) -> RunResult | None:
        """What there is of a result when it is over, whether it failed or not; raises nothing."""
        return self._result

    @property
    def error(self) -> BaseException | None:
        """What `result()` raises; None while it is not over, or if all went well."""
        return self._error

    def events(self) -> Iterator[Event]:
        """All events from the first on, waiting for each that is to come, until the run is over."""
        position = 0
        while True:
            if position >= len(self.log):
                refuse_inside_node()
                while not self.log.wait_beyond(position, SLICE):
                    pass
            event = self.log.at(position)
            position += 1
            if event is not None:
                yield event
                if isinstance(event, RunFinished):
                    return

    async def __aiter__(self) -> AsyncIterator[Event]:
        loop = asyncio.get_running_loop()
        grown = asyncio.Event()

        def tell(_: Event) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(grown.set)

        stop = self.log.listen(tell, replay=False)
        position = 0
        try:
            while True:
                grown.clear()
                while position < len(self.log):
                    event = self.log.at(position)
                    position += 1
                    if event is not None:
                        yield event
                        if isinstance(event, RunFinished):
                            return
                await grown.wait()
        finally:
            stop()

    def add_listener(self, call: Listener, replay: bool = True) -> Callable[[], None]:
        """Calls `call(event)` for each event, on the worker thread, first for those that were if `replay`; what comes back ends that."""
        return self.log.listen(call, replay)

    def info(self, number: int = 0) -> RunInfo:
        """The run as a list of runs shows it. number: its place in the history, once it is there."""
        result = self._result
        executed = 0 if result is None else len(result.executed)
        cached = 0 if result is None else len(result.cached)
        error, node = "", None
        if self._error is not None:
            error = message_of(self._error) or type(self._error).__name__
            node = self._error.node if isinstance(self._error, NodeError) else None
        return RunInfo(
            id=self.id,
            label=self.label,
            state=self.state,
            submitted=self.submitted,
            seconds=self.seconds,
            executed=executed,
            cached=cached,
            error=error,
            started=self.started,
            finished=self.finished,
            node=node,
            number=number,
        )

    def start(self) -> None:
        """For the worker: it begins now."""
        self.started = time.time()
        self.started_at = time.perf_counter()
        self.state = "running"

    def finish(self, state: RunState, result: RunResult | None, error: BaseException | None) -> None:
        """For the worker: it is over. The queue and the listeners hear of it, then who waits is let go."""
        self.finished = time.time()
        self.seconds = 0.0 if self.started_at is None else time.perf_counter() - self.started_at
        self._result = result
        self._error = error
        self.state = state
        try:
            self._queue.finished(self)
        finally:
            try:
                self.log.add(RunFinished, state, self.seconds)
            finally:
                self._over.open()

    def __repr__(self) -> str:
        return f"<Run {self.label or self.id[:8]} {self.state}>"


def refuse_inside_node() -> None:
    """Raises RunInsideNode on a worker thread and inside a node: who waits there for a run waits for itself."""
    if getattr(WORKER, "here", False) or EXECUTION.get() is not None:
        raise RunInsideNode
