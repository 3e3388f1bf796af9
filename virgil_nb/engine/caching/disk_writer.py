"""`DiskWriter`: the thread that writes results to disk, so that runs do not wait for it. It ends by itself when it has nothing to do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

log = logging.getLogger(__name__)

WAITING: Final = 256  # keys that wait at most; what comes then is not written
IDLE_SECONDS: Final = 2.0


class DiskWriter:
    """Calls `write(key)` on its own thread for each key that is offered, one after the other. It holds keys, not results."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._keys: dict[bytes, None] = {}
        self._current: bytes | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._changed = threading.Condition()

    def offer(self, key: bytes) -> bool:
        """Whether the key waits now: not if too many do."""
        with self._changed:
            if self._closed or len(self._keys) >= WAITING:
                return key in self._keys
            self._keys[key] = None
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="virgil-disk", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return True

    def holds(self, key: bytes) -> bool:
        """Whether the key waits, or is written just now."""
        return key in self._keys or key == self._current

    def drop_all(self) -> None:
        """Nothing waits any more."""
        with self._changed:
            self._keys.clear()
            self._changed.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until all is written; whether it is."""
        if threading.current_thread() is self._thread:
            return False
        until = None if timeout is None else monotonic() + timeout
        with self._changed:
            while self._keys or self._current is not None:
                left = None if until is None else until - monotonic()
                if self._thread is None or not self._thread.is_alive() or (left is not None and left <= 0):
                    return False  # in a process that was forked off there is no such thread
                self._changed.wait(left)
        return True

    def close(self, timeout: float) -> bool:
        """Takes no more keys, and waits for those that it has; whether all are written."""
        with self._changed:
            self._closed = True
        done = self.flush(timeout)
        self.drop_all()
        return done

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._keys and not self._closed:
                    self._changed.wait(IDLE_SECONDS)
                if not self._keys:
                    self._thread = None
                    return
                self._current = key = next(iter(self._keys))
                del self._keys[key]
            try:
                self._write(key)
            except Exception:
                log.exception("a result could not be stored on disk")
            finally:
                with self._changed:
                    self._current = None
                    self._changed.notify_all()
