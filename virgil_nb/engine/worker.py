"""`Worker`: the queue of runs and the one thread that executes them. Nothing that a run does ends the thread.

The thread is a daemon, started by the first run; should it be gone (killed from outside), the next run starts another.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from virgil_nb.engine.errors import VirgilError
from virgil_nb.engine.run import WORKER, Run, RunInfo

log = logging.getLogger(__name__)

HISTORY: Final = 500


class Worker:
    """Executes runs one after the other with `execute(run)`, which must finish the run; if it raises, the run fails."""

    def __init__(self, execute: Callable[[Run], None], name: str) -> None:
        self._execute = execute
        self._name = name
        self._waiting: deque[Run] = deque()
        self._current: Run | None = None
        self._history: deque[RunInfo] = deque(maxlen=HISTORY)
        self._changed = threading.Condition()  # re-entrant: an engine may be collected, and closed, anywhere
        self._thread: threading.Thread | None = None
        self._closed = False

    def length(self, front: bool = False) -> int:
        """How many runs would be before one that is queued now."""
        return (0 if front else len(self._waiting)) + (self._current is not None)

    def begin(self) -> None:
        """Sees to it that a run will be taken, before anyone hears of one. Raises VirgilError once closed."""
        with self._changed:
            if self._closed:
                raise VirgilError("this engine is closed; make another one (a new Session) to run a workflow")
            self._ensure_thread()

    def put(self, run: Run, front: bool) -> None:
        """Queues `run`, before all that wait if `front`. One that comes while the engine is closed is still run, then the thread ends."""
        with self._changed:
            if front:
                self._waiting.appendleft(run)
            else:
                self._waiting.append(run)
            self._ensure_thread()
            self._changed.notify()

    def position(self, run: Run) -> int | None:
        with self._changed:
            if run is self._current:
                return 0
            for index, other in enumerate(self._waiting):
                if other is run:
                    return index + (self._current is not None)
            return None

    def withdraw(self, run: Run) -> bool:
        with self._changed:
            try:
                self._waiting.remove(run)
            except ValueError:
                return False
        return True

    def finished(self, run: Run) -> None:
        info = run.info()
        with self._changed:
            if self._current is run:
                self._current = None
            self._history.append(info)

    def runs(self) -> list[Run]:
        """The run that is executed, then those that wait, in order."""
        with self._changed:
            return [*([self._current] if self._current else []), *self._waiting]

    def current(self) -> Run | None:
        return self._current

    def history(self) -> list[RunInfo]:
        with self._changed:
            return list(self._history)

    def close(self) -> None:
        """Stops the current run, cancels those that wait, and ends the thread when it is free."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for run in reversed(self.runs()):
            run.cancel()

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name=f"{self._name} worker", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        WORKER.here = True
        while (run := self._take()) is not None:
            try:
                self._execute(run)
            except BaseException as error:
                log.exception("a run failed outside its nodes")
                self._fail(run, error)
            finally:
                if not run.done:
                    self._fail(run, VirgilError("the run ended without a result"))
            del run  # its values are not kept alive by a thread that waits

    def _take(self) -> Run | None:
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return None
                self._changed.wait()
            self._current = self._waiting.popleft()
            return self._current

    def _fail(self, run: Run, error: BaseException) -> None:
        if not run.done:
            failure = VirgilError(f"the run failed outside its nodes: {type(error).__name__}: {error}")
            failure.__cause__ = error
            run.finish("failed", None, failure)
