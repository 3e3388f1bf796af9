"""`Execution`: one run while it executes. It is what `current()` shows to nodes, and holds what was made so far."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, Final

from virgil_nb.engine.cache import Entry
from virgil_nb.engine.context import RunCancelled
from virgil_nb.engine.events import Level, NodeNote, NodePreview, NodeProgress
from virgil_nb.engine.printing import Printed
from virgil_nb.engine.run import Run
from virgil_nb.engine.services import Services

logger = logging.getLogger(__name__)

PROGRESS_FREE: Final = 10_000  # progress events of one run before they are thinned out
PROGRESS_SECONDS: Final = 0.02


class Execution:
    """One run while it executes: what `current()` sees (context.Execution), and what was made so far."""

    def __init__(self, run: Run, services: Services) -> None:
        self.run = run
        self.run_id = run.id
        self.node_id = ""
        self.services = services
        self.entries: dict[bytes, Entry] = {}
        self.executed: list[str] = []
        self.dropped: set[bytes] = set()  # keys whose results the cache had, and dropped before this run
        self.notes: list[tuple[Level, str]] = []
        self.printed = Printed(run.log, run.echo)
        self.told_to_stop = False  # whether the node that runs was: what it returns then may be half done
        self.loop: asyncio.AbstractEventLoop | None = None
        self._progress_left = PROGRESS_FREE
        self._progress_next = 0.0

    @property
    def cancelled(self) -> bool:
        return self.run.cancelling

    def check_cancelled(self) -> None:
        if self.run.cancelling:
            self.told_to_stop = True
            raise RunCancelled

    def progress(self, node: str, value: float, maximum: float) -> None:
        if self._progress_left > 0:
            self._progress_left -= 1
        else:
            now = monotonic()
            if now < self._progress_next and value < maximum:
                return
            self._progress_next = now + PROGRESS_SECONDS
        self.run.log.add(NodeProgress, node, value, maximum)

    def preview(self, node: str, make_picture: Callable[[], Any], step: int | None) -> None:
        self.run.log.add(NodePreview, node, make_picture, step)

    def note(self, node: str, text: str, level: Level) -> None:
        self.notes.append((level, text))
        self.run.log.add(NodeNote, node, level, text)

    def wait_for(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """What an async node gives; it is cancelled at once when the run is to stop."""
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
        loop = self.loop
        task = loop.create_task(coroutine)

        def stop() -> None:
            self.told_to_stop = True
            loop.call_soon_threadsafe(task.cancel)

        forget = self.run.on_cancel(stop)
        try:
            return loop.run_until_complete(task)
        finally:
            forget()

    def close(self) -> None:
        if self.loop is not None:
            try:
                _close(self.loop)
            except BaseException:
                logger.exception("an async node left tasks that could not be ended")


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Closes a loop whose tasks may not all be over: those are cancelled first."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
