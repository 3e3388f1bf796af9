"""`MemoryCache`: results by key, bounded in bytes. What is dropped first: of the results that were used longest ago, the cheapest to make
per byte. The bound holds at every moment; a result bigger than it is not kept.

Entries hold values that nobody else may change: who puts them in and takes them out copies (values.copy) where it has to.
"""

from __future__ import annotations

import threading
from collections.abc import KeysView, Mapping
from itertools import islice
from sys import getsizeof
from typing import Any, Final

from virgil_nb.engine import values
from virgil_nb.engine.events import Level
from virgil_nb.engine.values import IMMUTABLE

ENTRY_BYTES: Final = 500  # an entry without its values: objects, key, its place in the table
LOOKED_AT: Final = 16  # of so many of the oldest, the cheapest is dropped
REMEMBERED: Final = 100_000  # keys of which it is known that they were dropped


class Entry:
    """One node's result. outputs: a value per slot; ui: what it shows; notes: what it said; seconds: what it took; nbytes: all of that."""

    __slots__ = ("nbytes", "notes", "outputs", "seconds", "ui")

    def __init__(
        self, outputs: tuple[Any, ...], ui: Mapping[str, Any] | None = None, notes: tuple[tuple[Level, str], ...] = (), seconds: float = 0.0
    ) -> None:
        self.outputs = outputs
        self.ui = ui
        self.notes = notes
        self.seconds = seconds
        size = ENTRY_BYTES
        for value in outputs:
            size += getsizeof(value) if type(value) in IMMUTABLE else values.nbytes(value)
        if ui:
            size += values.nbytes(dict(ui))
        if notes:
            size += values.nbytes(notes)
        self.nbytes = size


class MemoryCache:
    """A thread-safe store of entries, never over `budget` bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = max(0, int(budget))
        self._entries: dict[bytes, Entry] = {}  # the one used longest ago first
        self._dropped: dict[bytes, None] = {}
        self._lock = threading.Lock()
        self._nbytes = 0
        self.noted: set[bytes] = set()  # keys of entries with notes

    @property
    def nbytes(self) -> int:
        """The bytes held now."""
        return self._nbytes

    @property
    def budget(self) -> int:
        return self._budget

    @budget.setter
    def budget(self, budget: int) -> None:
        with self._lock:
            self._budget = max(0, int(budget))
            self._make_room(0)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: bytes) -> bool:
        return key in self._entries

    def get(self, key: bytes) -> Entry | None:
        """The entry, now the one used last; None if it is not here."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is not None:
                self._entries[key] = entry
            return entry

    def keys(self) -> KeysView[bytes]:
        """A live view of the keys that are here."""
        return self._entries.keys()

    def peek(self, key: bytes) -> Entry | None:
        """The entry, its place among the others unchanged."""
        return self._entries.get(key)

    def put(self, key: bytes, entry: Entry) -> bool:
        """Whether the entry was kept: not if it alone is bigger than the budget."""
        size = entry.nbytes
        with self._lock:
            if key in self._entries:
                self._nbytes -= self._entries.pop(key).nbytes
            if size > self._budget:
                self._dropped[key] = None
                return False
            if self._nbytes + size > self._budget:
                self._make_room(size)
            self._entries[key] = entry
            self._nbytes += size
            if entry.notes:
                self.noted.add(key)
            return True

    def was_dropped(self, key: bytes) -> bool:
        """Whether a result was here and had to go, or was too big."""
        return key in self._dropped and key not in self._entries

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()
            self.noted.clear()
            self._dropped.clear()
            self._nbytes = 0

    def _make_room(self, size: int) -> None:
        while self._entries and self._nbytes + size > self._budget:
            oldest = islice(self._entries.items(), LOOKED_AT)
            key, entry = min(oldest, key=lambda pair: pair[1].seconds / (pair[1].nbytes or 1))
            del self._entries[key]
            self._nbytes -= entry.nbytes
            self.noted.discard(key)
            self._dropped[key] = None
        while len(self._dropped) > REMEMBERED:
            del self._dropped[next(iter(self._dropped))]
