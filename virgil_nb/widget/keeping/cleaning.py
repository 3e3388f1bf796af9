"""Cleaning: `.virgil` beside notebooks stays bounded, and what someone may come back to stays.

What goes, and when:

    a workbench      its cell is in no notebook of the folder, and nothing of it was touched for 90 days
    an earlier run   `.virgil` has more than 500 MB: the oldest, but for the newest 20 of each workbench
    an object        nothing kept uses it, and it was not touched for 90 days

The edits of a cell that is still in a notebook never go, nor those of a workbench with a name, nor what a process holds.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from virgil_nb.widget.keeping.identity import ROOT
from virgil_nb.widget.keeping.lock import FolderLock
from virgil_nb.widget.keeping.store import FILE, OBJECTS, RUNS

log = logging.getLogger(__name__)

UNUSED_DAYS = 90.0
LARGEST = 500 * 10**6
RUNS_LEFT = 20
DAY = 86400.0
MARK = "cleaned"
OBJECT = re.compile(rb'"__object__":\s*"([0-9a-f]+)"')

Hold = Callable[[Path], AbstractContextManager[bool]]
"""Holds a workbench's folder for a moment, and gives whether nobody else does."""


@dataclass(frozen=True)
class Superfluous:
    """A file or folder that may go; size in bytes. workbench: the folder that must be held for it."""

    path: Path
    size: int
    why: str
    workbench: Path | None = None


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Holds the folder of a workbench. Not for a process that keeps workbenches: it would let go of its own."""
    lock = FolderLock.take(folder)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


def clean(home: Path, hold: Hold = held, *, days: float = UNUSED_DAYS, largest: int = LARGEST) -> list[Superfluous]:
    """Removes what is superfluous in the `.virgil` of folder `home`; gives what went. What can't be removed stays, and is logged."""
    return [item for item in superfluous(home, days=days, largest=largest) if _remove(item, hold)]


def clean_daily(home: Path, hold: Hold) -> list[Superfluous]:
    """`clean`, unless that was done within a day; gives what went."""
    mark = home / ROOT.parent / MARK
    try:
        if time.time() - _stat(mark)[0] < DAY and mark.exists():
            return []
        mark.touch()
    except OSError:
        return []
    return clean(home, hold)


def superfluous(home: Path, *, days: float = UNUSED_DAYS, largest: int = LARGEST) -> list[Superfluous]:
    """What may go from the `.virgil` of folder `home`."""
    root = home / ROOT
    before = time.time() - days * DAY
    folders = sorted(path for path in _listed(root) if path.is_dir())
    old = [folder for folder in folders if "--" in folder.name and _touched(folder) < before]
    cells = _cells(home) if old else set()
    gone = [] if cells is None else [folder for folder in old if not _cell_of(folder) & cells]
    found = [Superfluous(folder, _size(folder), "its cell is in no notebook here any more", folder) for folder in gone]
    left = [folder for folder in folders if folder not in gone]
    found += _unused_objects(root.parent / OBJECTS, left, before)
    room = _size(root.parent) - sum(item.size for item in found) - largest
    return found + _old_runs(left, room)


def _old_runs(workbenches: list[Path], room: int) -> list[Superfluous]:
    """The oldest runs, until `room` bytes are free."""
    files = [file for folder in workbenches for file in sorted(_listed(folder / RUNS))[:-RUNS_LEFT]]
    found: list[Superfluous] = []
    for file in sorted(files, key=lambda file: file.name):  # names begin with the time
        if room <= 0:
            break
        found.append(Superfluous(file, _size(file), "an old run, and there are more than is kept"))
        room -= found[-1].size
    return found


def _unused_objects(folder: Path, workbenches: list[Path], before: float) -> list[Superfluous]:
    old = [file for file in sorted(_listed(folder)) if _touched(file) < before]
    used: set[str] = set()
    try:
        for workbench in workbenches if old else ():
            for file in (workbench / FILE, *_listed(workbench / RUNS)):
                used |= {match.decode() for match in OBJECT.findall(file.read_bytes())} if file.is_file() else set()
    except OSError:
        log.warning("objects are left where they are: what uses them can't be read", exc_info=True)
        return []
    return [Superfluous(file, _size(file), "an object that nothing uses any more") for file in old if file.stem not in used]


def _cell_of(folder: Path) -> set[str]:
    """The id of the cell that a folder's name ends with, and what may be one: ids can have -- in them."""
    parts = folder.name.split("~")[0].split("--")[1:]
    return {"--".join(parts[:end]) for end in range(1, len(parts) + 1)}


def _cells(home: Path) -> set[str] | None:
    """The ids of all cells of the notebooks in `home`; None if one can't be read."""
    ids: set[str] = set()
    for notebook in home.glob("*.ipynb"):
        try:
            ids |= {str(cell.get("id")) for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]}
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            log.info("kept edits are left where they are: %s can't be read", notebook)
            return None
    return ids


def _remove(item: Superfluous, hold: Hold) -> bool:
    try:
        if item.workbench is None:
            item.path.unlink(missing_ok=True)
            return True
        with hold(item.workbench) as free:
            if free:
                shutil.rmtree(item.path)
            return free
    except OSError:
        log.warning("%s could not be removed", item.path, exc_info=True)
        return False


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _touched(path: Path) -> float:
    """When something in it was changed last."""
    return max((_stat(each)[0] for each in (path, *path.rglob("*"))), default=0.0)


def _size(path: Path) -> int:
    return sum(_stat(each)[1] for each in (path, *path.rglob("*")) if not each.is_dir())


def _stat(path: Path) -> tuple[float, int]:
    try:
        found = path.lstat()
    except OSError:  # it went in this moment: it counts as new and empty
        return time.time(), 0
    return found.st_mtime, found.st_size
