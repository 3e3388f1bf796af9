"""Which number the next saved file of a name gets, without listing the folder on each save.

The number only says where to begin: the file itself is created exclusively, so two processes that count alike never
overwrite each other's pictures (the loser takes the next number).
"""

from __future__ import annotations

import re
import threading
from pathlib import Path


class Numbering:
    """Next numbers by folder and name; a folder is listed once per name. Thread-safe."""

    def __init__(self) -> None:
        self._next: dict[tuple[Path, str], int] = {}
        self._lock = threading.Lock()

    def take(self, folder: Path, stem: str) -> int:
        """A number for `stem` in `folder` that was not given out here before and lies above all files there at the first call."""
        with self._lock:
            key = (folder, stem)
            number = self._next.get(key)
            if number is None:
                number = highest(folder, stem) + 1
            self._next[key] = number + 1
            return number

    def look_again(self, folder: Path, stem: str) -> None:
        """List the folder anew at the next `take`: another process is writing there."""
        with self._lock:
            self._next.pop((folder, stem), None)

    def __reduce__(self) -> tuple[type[Numbering], tuple[()]]:
        return Numbering, ()


def highest(folder: Path, stem: str) -> int:
    """The highest number of the files `stem_NNNNN_…` in `folder`; 0 if there are none. Case is ignored, as some file systems do."""
    pattern = re.compile(re.escape(stem) + r"_(\d+)(?!\d)", re.IGNORECASE)
    try:
        numbers = [int(match[1]) for path in folder.iterdir() if (match := pattern.match(path.name))]
    except FileNotFoundError:
        return 0
    return max(numbers, default=0)
