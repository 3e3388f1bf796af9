"""`Cache`: results by key, in memory under a budget, and behind that on disk if there is a disk tier.

    put ─▶ memory ──(worth a file, on a thread)─▶ disk        get ─▶ memory, else disk; what was on disk is in memory then

What is dropped first: of the results that were used longest ago, the cheapest to make again per byte; what is on disk too only has to
be read again. The bound holds at every moment; a result bigger than it is not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Set
from itertools import islice
from typing import Any, Final, Literal, get_args

from virgil_nb.engine.caching.disk import DiskTier
from virgil_nb.engine.caching.disk_room import LEAST_SECONDS, why_not_worth
from virgil_nb.engine.caching.disk_writer import DiskWriter
from virgil_nb.engine.caching.entry import ENTRY_BYTES, Entry, EntryLost, StoredEntry

__all__ = ["ENTRY_BYTES", "Cache", "Entry", "EntryLost", "Policy", "StoredEntry"]

LOOKED_AT: Final = 16  # of so many of the oldest, the cheapest is dropped
REMEMBERED: Final = 100_000  # keys of which it is known that they were dropped, or why they are not on disk
READ_SECONDS_PER_BYTE: Final = 5e-9

Policy = Literal["budget", "needed"]


class Cache:
    """A thread-safe store of entries, never over `budget` bytes of memory.

    policy: "budget" keeps what fits; "needed" keeps a result until `release(key)` says that nothing in the run needs it any more.

    For who runs nodes:
      `key in keys()` is cheap, and true for what is on disk too; take `keys()` once a run: it sees what other processes stored since.
      `get(key)` gives an entry whose outputs are here: nothing can fail later. `get(key, lazy=True)` reads from disk only what the
      result shows and said, for a node whose outputs nothing is going to use: looking at `outputs` reads them then, and raises
      EntryLost (a KeyError) if they have vanished. Both give None if the result is gone, or turns out not to be usable.
      `put(key, entry)` keeps the entry, and has it written to disk if it is worth a file (disk_room.py says when).
      `release(key)`: the last node that uses this result has it. Does nothing unless the policy is "needed".
      `free(nbytes)`: memory is short: drops the cheapest until so many bytes are freed. What waits to be written is dropped too; what is
      written at this moment stays.

    On disk: `is_stored(key)` is true, and `on_stored(key)` called (on the writing thread), only when the file is whole and there for
    good; `why_not_stored(key)` says why there is none. `flush(timeout)` waits for the writing; `close(timeout)` ends it.
    Results wait for it in memory, within the budget: one that is dropped before its turn is not written.
    """

    def __init__(
        self,
        budget: int,
        *,
        policy: Policy = "budget",
        disk: DiskTier | None = None,
        on_stored: Callable[[bytes], object] | None = None,
    ) -> None:
        if policy not in get_args(Policy):
            raise ValueError(f"policy is {policy!r}; it must be one of {', '.join(map(repr, get_args(Policy)))}.")
        self.policy: Policy = policy
        self.disk = disk
        self.on_stored = on_stored
        self._budget = max(0, int(budget))
        self._entries: dict[bytes, Entry] = {}  # the one used longest ago first
        self._dropped: dict[bytes, None] = {}
        self._noted: set[bytes] = set()
        self._lock = threading.Lock()
        self._nbytes = 0
        self._writer = None if disk is None else DiskWriter(self._write)
        self._writing: bytes | None = None  # its entry can't be dropped
        self._released: set[bytes] = set()  # to be dropped when it is written
        self._not_stored: dict[bytes, str] = {}

    @property
    def nbytes(self) -> int:
        """The bytes held now, in memory."""
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
        """How many are in memory."""
        return len(self._entries)

    def __contains__(self, key: bytes) -> bool:
        return key in self._entries or (self.disk is not None and self.disk.name(key) is not None)

    def keys(self) -> Set[bytes]:
        """A live view of the keys that are here, on disk included."""
        if self.disk is None:
            return self._entries.keys()
        self.disk.look()
        return _Either(self._entries, self.disk.index)

    @property
    def noted(self) -> Set[bytes]:
        """A live view of the keys of results that have notes."""
        return self._noted if self.disk is None else _Either(self._noted, self.disk.noted)

    def get(self, key: bytes, *, lazy: bool = False) -> Entry | None:
        """The entry, now the one used last; None if it is not here."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is not None:
                self._entries[key] = entry
        if entry is None:
            entry = self._from_disk(key)
        if not lazy and type(entry) is StoredEntry and not entry.load():
            self._lose(key, entry)
            return None
        return entry

    def at_hand(self, key: bytes) -> Entry | None:
        """The entry if its values are in memory, its place among the others unchanged: who uses it says so by `used`."""
        entry = self._entries.get(key)
        return entry if type(entry) is Entry else None

    def used(self, keys: Iterable[bytes]) -> None:
        """These are now the ones used last."""
        with self._lock:
            entries = self._entries
            for key in keys:
                entry = entries.pop(key, None)
                if entry is not None:
                    entries[key] = entry

    def peek(self, key: bytes) -> Entry | None:
        """The entry, its place among the others unchanged; from disk as with lazy=True."""
        return self._entries.get(key) or self._from_disk(key)

    def put(self, key: bytes, entry: Entry) -> bool:
        """Whether the entry was kept: not if it alone is bigger than the budget."""
        kept = self._keep(key, entry)
        if kept and self._writer is not None and (entry.seconds >= LEAST_SECONDS or entry.ui is not None or entry.notes):
            self._offer(key, entry, self._writer)
        return kept

    def release(self, key: bytes) -> None:
        """Nothing in the run needs this result any more."""
        if self.policy == "needed":
            with self._lock:
                if self._writer is not None and self._writer.holds(key):
                    self._released.add(key)
                else:
                    self._remove(key)

    def free(self, nbytes: int, spare: Container[bytes] = ()) -> int:
        """The bytes freed: at least `nbytes` if there are so many, the cheapest to make again first.

        spare: keys that would free nothing, because someone else holds what they have.
        """
        with self._lock:
            before = self._nbytes
            for key, _ in sorted(self._entries.items(), key=self._rate):
                if before - self._nbytes >= nbytes:
                    break
                if key not in spare and key != self._writing:
                    self._drop(key)
            return before - self._nbytes

    @property
    def has_dropped(self) -> bool:
        """Whether any result had to go, or was too big."""
        return bool(self._dropped)

    def was_dropped(self, key: bytes) -> bool:
        """Whether a result was here and had to go, or was too big."""
        return key in self._dropped and key not in self

    def is_stored(self, key: bytes) -> bool:
        """Whether the result is on disk, whole and for good."""
        return self.disk is not None and self.disk.is_stored(key)

    def why_not_stored(self, key: bytes) -> str:
        """Why a result is not on disk, in words that follow "it is not stored on disk:"; "" if it is, or nobody knows."""
        if self.disk is None:
            return "this engine stores nothing on disk"
        if self.is_stored(key):
            return ""
        if self._writer is not None and self._writer.holds(key):
            return "it waits to be written"
        entry = self._entries.get(key)
        return self._not_stored.get(key) or ("" if entry is None else why_not_worth(entry))

    def clear(self, *, disk: bool = False) -> None:
        """Forgets everything in memory; disk: and removes what is stored there, of all processes."""
        if self._writer is not None:
            self._writer.drop_all()
        with self._lock:
            kept = self._entries.get(self._writing) if self._writing is not None else None
            self._entries.clear()
            self._noted.clear()
            self._dropped.clear()
            self._not_stored.clear()
            self._nbytes = 0
            if kept is not None and self._writing is not None:
                self._entries[self._writing] = kept
                self._nbytes = kept.nbytes
                self._released.add(self._writing)
        if disk and self.disk is not None:
            if self._writer is not None:
                self._writer.flush(10.0)
            self.disk.clear()

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until what is to be stored is; whether it is."""
        return self._writer is None or self._writer.flush(timeout)

    def close(self, timeout: float = 2.0) -> bool:
        """Writes what waits, for at most so long, and then nothing more; whether all was written."""
        return self._writer is None or self._writer.close(timeout)

    def _keep(self, key: bytes, entry: Entry) -> bool:
        size = entry.nbytes
        with self._lock:
            if key in self._entries:
                if key == self._writing:  # an equal one, which can't be dropped
                    self._entries[key] = self._entries.pop(key)
                    self._released.discard(key)
                    return True
                self._remove(key)
            if self._released:
                self._released.discard(key)
            if self._nbytes + size > self._budget and not self._make_room(size):
                self._dropped[key] = None
                return False
            self._entries[key] = entry
            self._nbytes += size
            if entry.notes:
                self._noted.add(key)
            return True

    def _make_room(self, size: int) -> bool:
        """Whether so many bytes fit now; nothing is dropped for what can't fit."""
        writing = self._entries.get(self._writing) if self._writing is not None else None
        if size and size + (0 if writing is None else writing.nbytes) > self._budget:
            return False
        while self._nbytes + size > self._budget:
            oldest = [pair for pair in islice(self._entries.items(), LOOKED_AT) if pair[0] != self._writing]
            if not oldest:
                return False
            self._drop(min(oldest, key=self._rate)[0])
        return True

    def _rate(self, pair: tuple[bytes, Entry]) -> float:
        """What it takes to have the result again, per byte."""
        key, entry = pair
        seconds = entry.seconds
        if self.disk is not None and key in self.disk.index:
            seconds = min(seconds, entry.nbytes * READ_SECONDS_PER_BYTE)
        return seconds / (entry.nbytes or 1)

    def _drop(self, key: bytes) -> None:
        self._remove(key)
        self._dropped[key] = None
        while len(self._dropped) > REMEMBERED:
            del self._dropped[next(iter(self._dropped))]

    def _remove(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._nbytes -= entry.nbytes
            self._noted.discard(key)

    def _from_disk(self, key: bytes) -> Entry | None:
        if self.disk is None or self.disk.name(key) is None:
            return None
        entry = self.disk.entry(key, self._budget, lambda entry, nbytes: self._grown(key, entry, nbytes))
        if entry is not None:
            with self._lock:
                other = self._entries.get(key)
            if other is not None:  # another thread was quicker
                return other
            self._keep(key, entry)
        return entry

    def _grown(self, key: bytes, entry: Entry, nbytes: int) -> None:
        """An entry is about to hold more: it keeps its place if that fits."""
        with self._lock:
            here = self._entries.get(key) is entry
            if here:
                self._remove(key)
            entry.nbytes += nbytes
        if here:
            self._keep(key, entry)

    def _lose(self, key: bytes, entry: Entry) -> None:
        with self._lock:
            if self._entries.get(key) is entry:
                self._remove(key)

    def _offer(self, key: bytes, entry: Entry, writer: DiskWriter) -> None:
        if self.disk is None or not self.disk.writable or why_not_worth(entry) or self.disk.is_stored(key):
            return
        if not writer.offer(key):
            self._note(key, "too many results waited to be written, or it came after the end")

    def _write(self, key: bytes) -> None:
        """On the writing thread."""
        with self._lock:
            entry = self._entries.get(key)
            self._writing = key if entry is not None else None
        try:
            if entry is None or self.disk is None:
                reason = "it was dropped from memory before it was written"
            else:
                reason = self.disk.store(key, entry)
        finally:
            with self._lock:
                self._writing = None
                if key in self._released:
                    self._released.discard(key)
                    self._remove(key)
                self._make_room(0)
        self._note(key, reason)
        if not reason and self.on_stored is not None:
            self.on_stored(key)

    def _note(self, key: bytes, reason: str) -> None:
        with self._lock:
            self._not_stored.pop(key, None)
            if reason:
                self._not_stored[key] = reason
            while len(self._not_stored) > REMEMBERED:
                del self._not_stored[next(iter(self._not_stored))]


class _Either(Set[bytes]):
    """The keys of two tables, live."""

    def __init__(self, one: Collection[bytes], other: Collection[bytes]) -> None:
        self._one, self._other = one, other

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> set[Any]:
        """What `&`, `-` and the like give: keys as they are now."""
        return set(it)

    def __contains__(self, key: object) -> bool:
        return key in self._one or key in self._other

    def __iter__(self) -> Iterator[bytes]:
        yield from {**dict.fromkeys(self._one), **dict.fromkeys(self._other)}

    def __len__(self) -> int:
        return len({*self._one, *self._other})

    def __bool__(self) -> bool:
        return bool(self._one) or bool(self._other)
