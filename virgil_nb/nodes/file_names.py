"""The names of the files below a folder, walked anew only when one of its folders has changed.

Choices are asked for at every check of a workflow, and model folders can be large and far away: a look at the folders' times is enough
to know that nothing came or went. A folder that changed within the last moments is not trusted, as its time may be too coarse to tell.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

RECENT_NS = 2_000_000_000  # the coarsest times of file systems in use: 2 s


class FileNames:
    """Lists folders, and remembers what it found. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, frozenset[str]], tuple[dict[str, int], list[str]]] = {}
        self._lock = threading.Lock()

    def below(self, root: Path, suffixes: frozenset[str]) -> list[str]:
        """Names (with `/`) of the files with these endings below `root`; none if it is no folder."""
        home = root.resolve()
        with self._lock:
            times, names = self._known.get((home, suffixes), ({}, []))
            if times and all(_time(folder) == known for folder, known in times.items()):
                return names
            now = time.time_ns()
            times = {}
            names = list(_walk(home, suffixes, times))
            if all(now - changed > RECENT_NS for changed in times.values()):
                self._known[(home, suffixes)] = (times, names)
            else:
                self._known.pop((home, suffixes), None)
            return names

    def __reduce__(self) -> tuple[type[FileNames], tuple[()]]:
        return FileNames, ()


def _walk(home: Path, suffixes: frozenset[str], times: dict[str, int]) -> Iterator[str]:
    """The names; `times` gets each folder's time as it was before it was read. Hidden files, and links that lead out, are left out."""
    times[str(home)] = _time(str(home))
    for folder, subfolders, files in os.walk(home):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in subfolders:
            inner = os.path.join(folder, name)  # noqa: PTH118 - thousands of them
            times[inner] = _time(inner)
        for name in files:
            if name.startswith(".") or os.path.splitext(name)[1].lower() not in suffixes:  # noqa: PTH122
                continue
            path = Path(folder, name)
            if not path.is_symlink() or home in path.resolve().parents:
                yield path.relative_to(home).as_posix()


def _time(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0
