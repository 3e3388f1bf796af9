"""`Worker`: the queue of runs and the one thread that executes them. Nothing that a run does ends the thread.

The thread is a daemon, started by the first run. Should it end all the same (an exception thrown into it from outside), the run that
it was at fails, and another thread takes its place.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import TYPE_CHECKING

from virgil_nb.engine.errors import VirgilError, message_of
from virgil_nb.engine.events import RunMoved, RunQueued
from virgil_nb.engine.runs.event_log import EventLog
from virgil_nb.engine.runs.run import WORKER, Run
from virgil_nb.engine.runs.waiting import Waiting

if TYPE_CHECKING:
    from virgil_nb.engine.history.past import History

log = logging.getLogger(__name__)


class Worker:
    """Executes runs one after the other with `execute(run)`, which must finish the run; if it raises, the run fails.

    history: takes those that are over, however they ended.
    """

    def __init__(self, execute: Callable[[Run], None], name: str, history: History) -> None:
        self._execute = execute
        self._name = name
        self._history = history
        self._waiting = Waiting()
        self._current: Run | None = None
        self._lock = threading.RLock()  # re-entrant: an engine may be collected, and closed, anywhere
        self._wakes: SimpleQueue[None] = SimpleQueue()  # one for each reason to look: the thread waits for them
        self._thread: threading.Thread | None = None
        self._closed = False

    def put(self, run: Run, *, front: bool = False, priority: float = 0.0) -> None:
        """Queues `run`, and tells it its place; see Engine.submit. Raises VirgilError once closed, and for an id that is known already."""
        if not math.isfinite(priority):
            raise VirgilError(f"the priority is {priority}; it must be a finite number (0 is usual, lower is sooner)")
        with self._lock:
            if self._closed:
                raise VirgilError("this engine is closed; make another one (a new Session) to run a workflow")
            if self._waiting.get(run.id) is not None or (self._current is not None and self._current.id == run.id):
                raise VirgilError(f"a run with the id {run.id!r} is in the queue already; give another id, or none")
            self._ensure_thread()
            place = self._waiting.add(run, priority, front)
            place.told = self._before(run.id)
            place.event = run.log.supersede(None, RunQueued, place.told, run.plan.order)
            moved = self._note_moves()
        self._wakes.put(None)
        tell([run.log, *moved])

    def position(self, run: Run) -> int | None:
        """How many are before a run; 0 also for the one that is executed, None if it is not here."""
        with self._lock:
            return 0 if run is self._current else self._before(run.id)

    def to_front(self, run_id: str) -> bool:
        """Puts a run that waits before all others; False if it does not wait."""
        with self._lock:
            found = self._waiting.to_front(run_id)
            moved = self._note_moves()
        tell(moved)
        return found

    def withdraw(self, run: Run) -> bool:
        with self._lock:
            here = [run.id] if self._waiting.get(run.id) is run else []
            gone, moved = self._remove(here)
        let_go(gone, moved)
        return bool(gone)

    def withdraw_all(self, run_ids: Iterable[str] | None = None) -> int:
        """Takes runs that wait (None: all) out of the queue, none of them starting meanwhile; they end as cancelled. How many did wait."""
        wanted = None if run_ids is None else list(run_ids)
        with self._lock:
            gone, moved = self._remove([place.run.id for place in self._waiting] if wanted is None else wanted)
        let_go(gone, moved)
        return len(gone)

    def finished(self, run: Run) -> None:
        moved: list[EventLog] = []
        with self._lock:
            if self._current is run:
                self._current = None
                moved = self._note_moves()
        try:
            self._history.add(run)
        except BaseException:
            log.exception("a run could not be taken into the history")
        tell(moved)

    def runs(self) -> list[Run]:
        """The run that is executed, then those that wait, in order."""
        with self._lock:
            return [*([self._current] if self._current else []), *(place.run for place in self._waiting)]

    def current(self) -> Run | None:
        return self._current

    def close(self) -> None:
        """Stops the current run, cancels those that wait, and ends the thread when it is free."""
        with self._lock:
            self._closed = True
            self._wakes.put(None)
            current = self._current
        self.withdraw_all()
        if current is not None:
            current.cancel()

    # --- with the lock held

    def _before(self, run_id: str) -> int | None:
        index = self._waiting.index(run_id)
        return None if index is None else index + (self._current is not None)

    def _remove(self, run_ids: Iterable[str]) -> tuple[list[Run], list[EventLog]]:
        return [run for run_id in run_ids if (run := self._waiting.remove(run_id)) is not None], self._note_moves()

    def _note_moves(self) -> list[EventLog]:
        """Notes new places in the logs of runs that someone listens to; those logs are to be told when the lock is free."""
        moved: list[EventLog] = []
        for position, place in enumerate(self._waiting, start=self._current is not None):
            if place.told != position and place.run.log.watched:
                # the first event is kept: it says when and where the run was queued
                before = None if place.event == 0 else place.event
                place.event = place.run.log.supersede(before, RunMoved, position)
                place.told = position
                moved.append(place.run.log)
        return moved

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            thread = threading.Thread(target=self._work, name=f"{self._name} worker", daemon=True)
            thread.start()
            self._thread = thread

    # --- on the thread

    def _work(self) -> None:
        WORKER.here = True
        fault: BaseException = VirgilError("the worker's thread ended")
        try:
            while (run := self._take()) is not None:
                self._run(run)
                del run  # its values are not kept alive by a thread that waits
        except BaseException as error:
            fault = error
            log.exception("a worker's thread was ended from outside; another takes its place")
        finally:
            self._leave(fault)

    def _take(self) -> Run | None:
        while True:
            with self._lock:
                if self._waiting:
                    self._current = self._waiting.take()
                    return self._current
                if self._closed:
                    return None
            self._wakes.get()

    def _run(self, run: Run) -> None:
        try:
            self._execute(run)
        except BaseException as error:
            log.exception("a run failed outside its nodes")
            self._fail(run, error)
        finally:
            if not run.done:
                self._fail(run, VirgilError("the run ended without a result"))

    def _fail(self, run: Run, error: BaseException) -> None:
        if not run.done:
            failure = VirgilError(f"the run failed outside its nodes: {type(error).__name__}: {message_of(error)}")
            failure.__cause__ = error
            run.finish("failed", None, failure)

    def _leave(self, fault: BaseException) -> None:
        """The thread ends: fails the run that it was at, if any, and starts another thread for those that wait."""
        left = self._current
        try:
            if left is not None:
                self._fail(left, fault)
        finally:
            with self._lock:
                self._current = None
                self._thread = None
                if self._waiting and not self._closed:
                    self._ensure_thread()


def let_go(gone: Iterable[Run], moved: Iterable[EventLog]) -> None:
    """Ends runs that were taken out of the queue, then tells those that moved up."""
    for run in gone:
        run.withdrawn()
    tell(moved)


def tell(logs: Iterable[EventLog]) -> None:
    """Lets listeners hear what was noted."""
    for one in logs:
        if one.watched:
            one.tell()
