"""One node at a time per device, whichever engine of this process runs it. Async and parallel nodes say that they use none."""

from __future__ import annotations

import threading
from typing import Final

_LOCKS: Final[dict[str, threading.Lock]] = {}
_LOCK: Final = threading.Lock()


def device_lock(name: str) -> threading.Lock:
    """The lock of a device; the same for every engine that calls it by the same name."""
    with _LOCK:
        return _LOCKS.setdefault(name, threading.Lock())
