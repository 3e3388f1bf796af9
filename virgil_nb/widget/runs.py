"""The runs of one workbench: those that are not over, and the last that is.

A run holds everything it made, beside the cache; of those that are over, only the last is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from virgil_nb.engine import Document, Run


class Runs:
    """Thread-safe."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._unlisted: dict[str, Run] = {}
        self._lock = threading.Lock()
        self._submitting = threading.Lock()

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def last(self) -> Run | None:
        """The run that was queued last."""
        return self._runs[-1] if self._runs else None

    @property
    def last_finished(self) -> Run | None:
        """The last run that is over, in whatever way."""
        return next((run for run in reversed(self._runs) if run.done), None)

    def add(self, submit: Callable[[], Run]) -> Run:
        """The run that `submit` queues."""
        with self._submitting:  # a run may be over before `submit` returns
            run = submit()
            self._unlisted[run.id] = run
        with self._lock:
            over = [earlier for earlier in self._runs if earlier.done][-1:]
            self._runs = [*over, *(earlier for earlier in self._runs if not earlier.done), run]
        return run

    def take(self, run_id: str) -> Run:
        """A run that is over, for who lists it: once, and also if it is not kept any more."""
        with self._submitting:
            return self._unlisted.pop(run_id)

    def document(self, run_id: str) -> Document | None:
        """What a run runs or ran; None if it is not kept any more."""
        return next((run.document for run in self._runs if run.id == run_id), None)

    def stop(self) -> None:
        """Cancels those that are not over."""
        with self._lock:
            unfinished = [run for run in self._runs if not run.done]
        for run in reversed(unfinished):  # the queued ones first, so that none of them starts
            run.cancel()
