"""Which results the disk tier keeps, and which go when it is full.

A result is worth a file if making it again takes longer than reading it: at least LEAST_SECONDS, and at least SECONDS_PER_BYTE for
each of its bytes. One that shows or says something counts SHOWN_SECONDS more: with it, all that it was made from need not be made.

When the files are more than the limit, those go first whose seconds saved, per byte and per time since they were used last, are least.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Final

from virgil_nb.engine.caching.disk_files import NAME, remove_file
from virgil_nb.engine.caching.entry import Entry

LEAST_SECONDS: Final = 0.05
SECONDS_PER_BYTE: Final = 1e-8  # what takes less than a second per 100 MB is made again as fast as it is read from a slow disk
SHOWN_SECONDS: Final = 1.0
MOST_FILES: Final = 50_000  # a file counts as at least the limit divided by this, so that a folder stays quick to list
KEEP_FREE: Final = 1 << 30  # bytes of the disk that are left to others; of a small disk, a twentieth
AGE_SECONDS: Final = 3600.0  # added to the time since the last use, so that what is new is not worth infinitely much
MEASURE_EACH: Final = 64  # the folder is measured anew after so many files, or a 16th of the limit: other processes write to it too
BLOCK: Final = 4096


def seconds_saved(seconds: float, shows: bool) -> float:
    """What a result on disk saves: the time to make it, and more if it is what people look at."""
    return max(0.0, seconds) + (SHOWN_SECONDS if shows else 0.0)


def why_not_worth(entry: Entry) -> str:
    """Why a result gets no file; "" if it is worth one."""
    saved = seconds_saved(entry.seconds, entry.ui is not None or bool(entry.notes))
    if saved < LEAST_SECONDS:
        return f"it is made again in {entry.seconds * 1e3:.3g} ms; what takes less than {LEAST_SECONDS * 1e3:.0f} ms is not stored"
    if saved < entry.nbytes * SECONDS_PER_BYTE:
        return f"it has {entry.nbytes / 1e6:,.0f} MB and is made again in {entry.seconds:.3g} s, about as fast as it is read"
    return ""


@dataclass(slots=True)
class _File:
    counted: int
    used: float
    name: str


class Room:
    """The bytes of one folder, kept below `limit`. saved: asks a file for the seconds that it saves; removed: is told of each that went."""

    def __init__(self, folder: Path, limit: int, saved: Callable[[str], float], removed: Callable[[str], None]) -> None:
        self.limit = limit
        self._folder = folder
        self._ask = saved
        self._removed = removed
        self._saved: dict[str, float] = {}
        self._used = -1  # not measured yet
        self._unmeasured = 0
        self._lock = threading.Lock()

    def counted(self, nbytes: int) -> int:
        """What a file of so many bytes counts as."""
        return max(-(-nbytes // BLOCK) * BLOCK, self.limit // MOST_FILES)

    def make(self, nbytes: int) -> str:
        """Removes what must go before a file of so many bytes is written; why it can't be written, or "". Raises OSError."""
        needed = self.counted(nbytes)
        if needed > self.limit // 4:
            return f"it has {nbytes / 1e6:,.0f} MB, more than a quarter of the {self.limit / 1e6:,.0f} MB on disk"
        total, free = _disk(self._folder)
        if free < nbytes + min(KEEP_FREE, total // 20):
            return f"the disk is nearly full: {free / 1e6:,.0f} MB are free at {self._folder}"
        with self._lock:
            if self._used < 0 or self._unmeasured >= MEASURE_EACH or self._used + needed > self.limit:
                self._measure_and_remove(needed)
                if self._used + needed > self.limit:
                    return f"the {self.limit / 1e6:,.0f} MB on disk are used up, and nothing could be removed"
        return ""

    def wrote(self, name: str, nbytes: int, saved: float) -> None:
        """Counts a file that was written."""
        with self._lock:
            self._saved[name] = saved
            self._used = max(0, self._used) + self.counted(nbytes)
            self._unmeasured += max(1, MEASURE_EACH * 16 * self.counted(nbytes) // self.limit)

    def _measure_and_remove(self, needed: int) -> None:
        files = self._measure()
        used = sum(file.counted for file in files)
        if used + needed > self.limit:
            now = time()
            worth = {file.name: self._worth(file, now) for file in files if NAME.fullmatch(file.name)}
            for file in sorted((file for file in files if file.name in worth), key=lambda file: worth[file.name]):
                if used + needed <= self.limit * 9 // 10:
                    break
                if remove_file(self._folder, file.name):
                    used -= file.counted
                    self._removed(file.name)
        here = {file.name for file in files}
        self._saved = {name: saved for name, saved in self._saved.items() if name in here}
        self._used, self._unmeasured = used, 0

    def _measure(self) -> list[_File]:
        """All files of the folder that are results, or become some."""
        files = []
        with contextlib.suppress(FileNotFoundError), os.scandir(self._folder) as found:
            for item in found:
                if NAME.match(item.name.removeprefix(".")):
                    with contextlib.suppress(OSError):
                        about = item.stat(follow_symlinks=False)
                        files.append(_File(self.counted(about.st_size), about.st_mtime, item.name))
        return files

    def _worth(self, file: _File, now: float) -> float:
        saved = self._saved.get(file.name)
        if saved is None:
            saved = self._saved[file.name] = self._ask(file.name)
        return saved / (file.counted * (max(0.0, now - file.used) + AGE_SECONDS))


def _disk(folder: Path) -> tuple[int, int]:
    """Bytes of the disk where the folder is, or will be, and how many of them are free."""
    for place in (folder, *folder.parents):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            about = shutil.disk_usage(place)
            return about.total, about.free
    return 0, 0
