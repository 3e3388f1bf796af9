"""`Identity`: by what a workbench is known again: its name, else its notebook and the cell that makes it.

JupyterLab and Notebook 7 send the cell's id in the metadata of each request, and start kernels with the notebook's path in
JPY_SESSION_NAME. nbclient, nbval and plain Python do neither: there, a workbench without a name is nobody's.
"""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from virgil_nb.widget.kernels import running_kernel

ROOT = Path(".virgil") / "workbenches"
SESSION = "JPY_SESSION_NAME"
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # nbformat's; others are made up anew whenever the notebook is opened
TAIL = 4096
LONGEST_NAME = 200


class NobodyError(Exception):
    """A workbench that nothing can be kept for, and why."""


@dataclass(frozen=True)
class Identity:
    """home: the folder that holds `.virgil`. key: the name of its own folder there. about: what the file says of it."""

    home: Path
    key: str
    about: tuple[tuple[str, str | int], ...]

    @property
    def root(self) -> Path:
        """The folder of all workbenches kept beside this notebook."""
        return self.home / ROOT


@dataclass(frozen=True)
class _Cell:
    """The cell that runs, and its request, which is another each time it runs."""

    id: str
    request: str


class Places:
    """Numbers the workbenches that one run of a cell makes, so that each is known again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str], tuple[str, int]] = {}

    def next(self, notebook: str, cell: str, request: str) -> int:
        """0 for the first workbench of this run of the cell, 1 for the second."""
        with self._lock:
            before, count = self._last.get((notebook, cell), ("", -1))
            place = count + 1 if before == request else 0
            self._last[notebook, cell] = (request, place)
            return place


def identify(name: str | None, places: Places) -> Identity:
    """Who the workbench is that is being made now. Raises NobodyError, or TypeError and ValueError for what is no name."""
    if name is not None:
        return _named(name)
    cell, notebook = _running_cell(), _notebook()
    if cell is None or notebook is None:
        raise NobodyError("Edits are not kept: no notebook page runs this. Workbench(workflow, name=…) is kept everywhere.")
    if not CELL_ID.fullmatch(cell.id) or not _has_cell_ids(notebook):
        raise NobodyError("Edits are not kept: the cells of this notebook have no lasting ids. Give a name: Workbench(workflow, name=…).")
    place = places.next(str(notebook), cell.id, cell.request)
    about = (("notebook", notebook.name), ("cell", cell.id), ("place", place))
    return Identity(notebook.parent, cell_key(notebook.name, cell.id, place), about)


def cell_key(notebook: str, cell: str, place: int) -> str:
    """The folder's name for a workbench of a cell; it ends with what stays when the notebook is renamed."""
    return f"{_slug(Path(notebook).stem)}-{_digest(notebook)}{cell_ending(cell, place)}"


def cell_ending(cell: str, place: int) -> str:
    """The end of the folder's name."""
    return f"--{cell}" + (f"--{place}" if place else "")


def _named(name: str) -> Identity:
    if not isinstance(name, str):
        raise TypeError(f"A workbench's name is text; got {name!r}.")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise ValueError(f"A workbench's name is {len(name)} characters long; give 1 to {LONGEST_NAME} that are not all blank.")
    notebook = _notebook()
    return Identity(notebook.parent if notebook is not None else Path.cwd(), f"{_slug(name)}-{_digest(name)}", (("name", name),))


def _running_cell() -> _Cell | None:
    kernel = running_kernel()
    if kernel is None or not hasattr(kernel, "get_parent"):
        return None
    parent: Any = kernel.get_parent("shell")
    if not isinstance(parent, dict):
        return None
    header, metadata = parent.get("header") or {}, parent.get("metadata") or {}
    cell = metadata.get("cellId")
    if header.get("msg_type") != "execute_request" or not isinstance(cell, str):
        return None
    return _Cell(cell, str(header.get("msg_id")))


def _notebook() -> Path | None:
    """The notebook of this kernel, or None; under a name it may have had when the kernel was started."""
    path = os.environ.get(SESSION)
    if not path:
        return None
    notebook = Path(path)
    if notebook.is_absolute():
        return notebook if notebook.parent.is_dir() else None
    beside = Path.cwd() / notebook.name  # jupyter_server 1 tells the path below its own root; the kernel starts beside the notebook
    return beside if beside.is_file() else None


def _has_cell_ids(notebook: Path) -> bool:
    """False for a file older than nbformat 4.5, whose cells get other ids each time it is opened."""
    try:
        with notebook.open("rb") as file:
            file.seek(max(0, notebook.stat().st_size - TAIL))
            found = re.findall(rb'"nbformat_minor":\s*(\d+)', file.read())
    except OSError:
        return True
    return not found or int(found[-1]) >= 5


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-")[:40].lower() or "workbench"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
