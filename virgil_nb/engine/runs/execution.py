"""`Execution`: one run while it executes, and `Call`: one node of it while that is called. A Call is what `current()` shows to the node."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from virgil_nb.engine.caching.entry import Entry
from virgil_nb.engine.context import RunCancelled
from virgil_nb.engine.events import Level, NodeNote, NodePreview, NodeProgress
from virgil_nb.engine.runs.printing import Printed
from virgil_nb.engine.runs.run import Run
from virgil_nb.engine.services import Services

PROGRESS_FREE: Final = 10_000  # progress events of one run before they are thinned out
PROGRESS_SECONDS: Final = 0.02


class Execution:
    """What was made in a run so far, and what its calls share."""

    def __init__(self, run: Run, services: Services) -> None:
        self.run = run
        self.services = services
        self.entries: dict[bytes, Entry] = {}
        self.seconds: dict[str, float] = {}  # of each node that ran, in order
        self.dropped: set[bytes] = set()  # keys whose results the cache had, and dropped before this run
        self.printed = Printed(run.log, run.echo)
        self.over = False  # nobody waits any more for calls that go on
        self._progress_left = PROGRESS_FREE
        self._progress_next = 0.0

    def may_tell_progress(self, whole: bool) -> bool:
        """Whether another progress event may be told now; the last one of a node always."""
        if self._progress_left > 0:
            self._progress_left -= 1
            return True
        now = monotonic()
        if now < self._progress_next and not whole:
            return False
        self._progress_next = now + PROGRESS_SECONDS
        return True


class Call:
    """One node while it is called (context.Execution). told_to_stop: it was, so what it returns then may be half done."""

    __slots__ = ("execution", "node_id", "notes", "told_to_stop")

    def __init__(self, execution: Execution, node_id: str = "") -> None:
        self.execution = execution
        self.node_id = node_id
        self.notes: list[tuple[Level, str]] = []
        self.told_to_stop = False

    @property
    def run_id(self) -> str:
        return self.execution.run.id

    @property
    def services(self) -> Services:
        return self.execution.services

    @property
    def printed(self) -> Printed | None:
        return None if self.execution.over else self.execution.printed

    @property
    def cancelled(self) -> bool:
        return self.execution.run.cancelling or self.execution.over

    def check_cancelled(self) -> None:
        if self.execution.run.cancelling or self.execution.over:
            self.told_to_stop = True
            raise RunCancelled

    def progress(self, node: str, value: float, maximum: float) -> None:
        if self.execution.may_tell_progress(value >= maximum):
            self.execution.run.log.add(NodeProgress, node, value, maximum)

    def preview(self, node: str, make_picture: Callable[[], Any], step: int | None) -> None:
        self.execution.run.log.add(NodePreview, node, make_picture, step)

    def take_notes(self) -> tuple[tuple[Level, str], ...]:
        """What the node said; none of it is here any more."""
        if not self.notes:
            return ()
        found = tuple(self.notes)
        self.notes.clear()
        return found

    def note(self, node: str, text: str, level: Level) -> None:
        if not self.execution.over:
            self.notes.append((level, text))
            self.execution.run.log.add(NodeNote, node, level, text)
