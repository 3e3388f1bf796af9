"""`Store`: the folder of one workbench, held by this process, and its file.

    beside the notebook/.virgil/
        workbenches/<key>/        edits.json, lock, and what else belongs to this workbench (runs/)
        workbenches/<key>~2/      a copy: another process held <key>, or could not read it
        objects/<hash>.safetensors   Python objects that kept edits use, for all workbenches here

The file is replaced whole or not at all. A copy that nobody holds is taken in when its workbench is opened next.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from virgil_nb.widget.keeping.carried import carried
from virgil_nb.widget.keeping.identity import Identity, cell_ending
from virgil_nb.widget.keeping.kept import Kept, KeptUnreadable
from virgil_nb.widget.keeping.lock import FolderLock

log = logging.getLogger(__name__)

FILE = "edits.json"
RUNS = "runs"
OBJECTS = "objects"
MAX_COPIES = 32
Apart = Literal["", "held", "unreadable"]


class Store:
    """What is kept of `identity`, in `folder`. apart: why that is not the workbench's own folder ("": it is). why: in words."""

    def __init__(self, identity: Identity, folder: Path, lock: FolderLock, kept: Kept, apart: Apart = "", why: str = "") -> None:
        self.identity = identity
        self.folder = folder
        self.kept = kept
        self.apart = apart
        self.why = why
        self.brought = False  # by the notebook's file, from another folder
        self._lock = lock
        self._process = os.getpid()

    @property
    def objects(self) -> Path:
        """Where Python objects are kept."""
        return self.identity.root.parent / OBJECTS

    def write(self, text: str) -> None:
        """Writes the file. Raises OSError; the old file is then as it was."""
        if os.getpid() != self._process:
            return  # a forked child: its parent writes
        write_whole(self.folder / FILE, text.encode("utf-8", "surrogatepass"))

    def close(self) -> None:
        """Lets other processes have it."""
        self._lock.release()


def open_store(identity: Identity, prefer: Path | None = None) -> Store:
    """The store of `identity`, or a copy of it if another process holds it or its file can't be read.

    prefer: the copy to go on with. Raises OSError where nothing can be written.
    """
    root = identity.root
    root.mkdir(parents=True, exist_ok=True)
    own = root / identity.key
    if not own.exists():
        _follow_renamed(identity)
    apart: Apart = "held"
    why = ""
    if (lock := _take(own)) is not None:
        try:
            there = read(own)
            brought = carried(identity) if there is None else None
            kept = there or brought or Kept()
        except KeptUnreadable as problem:
            lock.release()
            apart, why = "unreadable", f"{own / FILE} can't be used: {problem}. It was left as it is."
        else:
            store = Store(identity, own, lock, kept)
            store.brought = brought is not None
            _take_in_copies(store)
            return store
    for folder in _copies(own, prefer):
        if (lock := _take(folder)) is None:
            continue
        try:
            kept = read(folder) or _copied(own)
        except KeptUnreadable:
            lock.release()
            continue
        return Store(identity, folder, lock, kept, apart, why)
    raise OSError(f"there are {MAX_COPIES} copies of {own} already")


def read(folder: Path) -> Kept | None:
    """What is kept in `folder`; None if nothing is yet. Raises KeptUnreadable."""
    try:
        return Kept.from_text((folder / FILE).read_text(encoding="utf-8", errors="surrogatepass"))
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise KeptUnreadable(str(problem)) from None
    except UnicodeDecodeError as problem:
        raise KeptUnreadable(f"it is no text ({problem})") from None


def write_whole(path: Path, content: bytes) -> None:
    """Puts `content` in place of the file at once: a reader, and who comes after a crash, sees the old one or the new one."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _take(folder: Path) -> FolderLock | None:
    folder.mkdir(exist_ok=True)
    return FolderLock.take(folder)


def _copies(own: Path, prefer: Path | None) -> Iterator[Path]:
    if prefer is not None and prefer.parent == own.parent and prefer.name.startswith(f"{own.name}~"):
        yield prefer
    for number in range(2, MAX_COPIES + 2):
        yield own.with_name(f"{own.name}~{number}")


def _copied(own: Path) -> Kept:
    """What a copy begins with: what the holder wrote last."""
    try:
        kept = read(own)
    except KeptUnreadable:
        kept = None
    return Kept(forked=0) if kept is None else kept.fork()


def _take_in_copies(store: Store) -> None:
    """Takes in the copies that no process holds. Whatever goes wrong, a copy is removed only after it was."""
    for folder in sorted(store.folder.parent.glob(f"{store.folder.name}~*")):
        try:
            lock = FolderLock.take(folder)
            if lock is None:
                continue
            try:
                copy = read(folder)
                if copy is not None:
                    store.kept.take_in(copy)
                    store.write(store.kept.text(dict(store.identity.about)))
                _move_runs(folder, store.folder)
                shutil.rmtree(folder)
            finally:
                lock.release()
        except (OSError, KeptUnreadable):
            log.warning("the copy %s was left as it is", folder, exc_info=True)


def _move_runs(copy: Path, own: Path) -> None:
    for path in sorted((copy / RUNS).rglob("*")):
        target = own / path.relative_to(copy)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)


def _follow_renamed(identity: Identity) -> None:
    """If this notebook had another name, gives the folders of that name its new one."""
    about = dict(identity.about)
    if "cell" not in about:
        return
    ending = cell_ending(str(about["cell"]), int(about["place"]))
    for folder in sorted(identity.root.glob(f"*{ending}")):
        try:
            lock = FolderLock.take(folder)
            if lock is None:
                continue
            lock.release()
            notebook = _notebook_of(folder)
            if notebook is None or (identity.home / notebook).exists():
                continue  # a copy of the notebook: it begins with what its file carries
            for path in (folder, *sorted(identity.root.glob(f"{folder.name}~*"))):
                path.rename(identity.root / (identity.key + path.name[len(folder.name) :]))
            return
        except OSError:
            log.warning("the kept edits in %s could not follow their notebook", folder, exc_info=True)


def _notebook_of(folder: Path) -> str | None:
    import json

    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8", errors="surrogatepass"))
        notebook = data["workbench"]["notebook"]
    except (OSError, ValueError, TypeError, LookupError):
        return None
    return notebook if isinstance(notebook, str) and Path(notebook).name == notebook else None
