"""`EventLog`: the events of one run in order, for listeners as they come and for readers at their own pace.

Kept as small tuples; an event object is made when someone reads it, so a run that nobody watches pays next to nothing.
Only the last previews are kept, as each holds a picture's data.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from virgil_nb.engine.events import Event, NodePreview

log = logging.getLogger(__name__)

PREVIEWS_KEPT: Final = 16
Listener = Callable[[Event], object]
TELLING: Final = threading.local()  # .now is set on a thread while it calls a listener: what is printed then is not the node's


class _Reader:
    """One listener, and how far it has heard."""

    __slots__ = ("call", "lock", "position")

    def __init__(self, call: Listener, position: int) -> None:
        self.call = call
        self.position = position
        self.lock = threading.Lock()


class EventLog:
    """Events are added by the worker and by what runs elsewhere for it; read by any thread."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self.items: list[tuple[Any, ...] | None] = []  # (kind, its fields after run_id and seq); None: no longer kept
        self.watched = False  # whether anyone listens or waits, or ever did
        self._previews: deque[int] = deque()
        self._readers: tuple[_Reader, ...] = ()
        self._lock = threading.Lock()
        self._grown: threading.Condition | None = None  # made for the first that waits
        self._waiting = 0

    def __len__(self) -> int:
        return len(self.items)

    def add(self, kind: type[Event], *fields: Any) -> None:
        """Adds an event; listeners hear of it before this returns, unless they are hearing of another just now."""
        if kind is NodePreview:
            self._add_preview((kind, *fields))
        else:
            self.items.append((kind, *fields))
        if self.watched:
            self.tell()

    def supersede(self, before: int | None, kind: type[Event], *fields: Any) -> int:
        """Adds an event that makes the one at `before` pointless: that is kept no more. Returns its place; telling is the caller's."""
        if before is not None:
            self.items[before] = None
        self.items.append((kind, *fields))
        return len(self.items) - 1

    def _add_preview(self, item: tuple[Any, ...]) -> None:
        with self._lock:
            self.items.append(item)
            # other threads may have added events since
            place = next(index for index in range(len(self.items) - 1, -1, -1) if self.items[index] is item)
            self._previews.append(place)
            if len(self._previews) > PREVIEWS_KEPT:
                self.items[self._previews.popleft()] = None

    def tell(self) -> None:
        """Tells what was put into `items` directly: who does that calls this afterwards if the log is `watched`."""
        for reader in self._readers:
            self._deliver(reader)
        if self._waiting and (grown := self._grown) is not None:
            with grown:
                grown.notify_all()

    def at(self, position: int) -> Event | None:
        """The event at a position; None for one that is no longer kept (an older preview, an older place in the queue)."""
        item = self.items[position]
        return None if item is None else item[0](self._run_id, position, *item[1:])

    def listen(self, call: Listener, replay: bool) -> Callable[[], None]:
        """Calls `call(event)` for each event to come, and first for those that were if `replay`; what comes back ends that."""
        reader = _Reader(call, 0 if replay else len(self.items))
        with self._lock:
            self._readers = (*self._readers, reader)
            self.watched = True
        self._deliver(reader)

        def stop() -> None:
            with self._lock:
                self._readers = tuple(other for other in self._readers if other is not reader)

        return stop

    def wait_beyond(self, position: int, timeout: float | None) -> bool:
        """Waits until there is an event at `position`; False if there is none after `timeout` seconds."""
        if position < len(self.items):
            return True
        with self._lock:
            grown = self._grown
            if grown is None:
                grown = self._grown = threading.Condition(self._lock)
            self._waiting += 1
            self.watched = True
            try:
                return grown.wait_for(lambda: position < len(self.items), timeout)
            finally:
                self._waiting -= 1

    def _deliver(self, reader: _Reader) -> None:
        """Tells a listener what it has not heard. Only one thread does at a time; another's event is told by the one that is at it."""
        while reader.position < len(self.items) and reader.lock.acquire(blocking=False):
            try:
                while reader.position < len(self.items):
                    event = self.at(reader.position)
                    reader.position += 1
                    if event is not None:
                        self._call(reader, event)
            finally:
                reader.lock.release()

    def _call(self, reader: _Reader, event: Event) -> None:
        before = getattr(TELLING, "now", False)
        TELLING.now = True
        try:
            reader.call(event)
        except BaseException:
            log.exception("a listener of a run raised")
        finally:
            TELLING.now = before
