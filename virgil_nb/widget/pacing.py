"""One background thread that does small keyed jobs: soon, after a quiet moment, or not more often than every so often.

    pacer.ask("problems", validate, delay=0.1, restart=True)   # 0.1 s after the last edit
    pacer.ask("nodes", send_states, every=1 / 15)              # at once, then at most 15 times a second

A job that is asked for again before it ran, runs once. The thread starts with the first job and ends when there was none for
a while, so an idle workbench holds no thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0
Job = Callable[[], object]


@dataclass
class _Asked:
    job: Job
    due: float


class Pacer:
    """Runs what it is asked for, one job at a time, on a daemon thread. Safe to ask from any thread."""

    def __init__(self, name: str = "virgil-workbench") -> None:
        self._name = name
        self._wake = threading.Condition()
        self._asked: dict[Hashable, _Asked] = {}
        self._last: dict[Hashable, float] = {}
        self._thread: threading.Thread | None = None
        self._sleeps_until = 0.0  # a job for later than this need not wake the thread
        self._busy = False
        self._closed = False

    def ask(self, key: Hashable, job: Job, *, delay: float = 0.0, every: float = 0.0, restart: bool = False) -> None:
        """Runs `job` once after `delay`, and at least `every` seconds after this key's last run.

        Asked again before it ran: the new job takes the place of the old, at the earlier time, or with `restart` at the new one.
        """
        with self._wake:
            if self._closed:
                return
            due = max(time.monotonic() + delay, self._last.get(key, 0.0) + every)
            before = self._asked.get(key)
            if before is not None and not restart:
                due = min(due, before.due)
            self._asked[key] = _Asked(job, due)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            elif due < self._sleeps_until:
                self._wake.notify_all()

    def settle(self, timeout: float) -> bool:
        """Waits until nothing is asked for or under way; False if that took longer than `timeout`."""
        if threading.current_thread() is self._thread:
            return False
        with self._wake:
            return self._wake.wait_for(lambda: not self._asked and not self._busy, timeout)

    def close(self) -> None:
        """Drops what is asked for; later asks are ignored."""
        with self._wake:
            self._closed = True
            self._asked.clear()
            self._wake.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:
                log.exception("a job of the workbench failed")
            with self._wake:
                self._busy = False
                self._wake.notify_all()

    def _next(self) -> Job | None:
        """The next job that is due, waiting for it; None when the thread should end."""
        with self._wake:
            idle_since = time.monotonic()
            while True:
                now = time.monotonic()
                key = min(self._asked, key=lambda k: self._asked[k].due, default=None)
                if key is not None and self._asked[key].due <= now:
                    self._busy = True
                    self._last[key] = now
                    return self._asked.pop(key).job
                if key is None and (self._closed or now - idle_since >= IDLE_SECONDS):
                    self._thread = None
                    self._last = {k: at for k, at in self._last.items() if now - at < 60.0}
                    return None
                self._sleeps_until = now + IDLE_SECONDS if key is None else self._asked[key].due
                self._wake.wait(self._sleeps_until - now)
                self._sleeps_until = 0.0
