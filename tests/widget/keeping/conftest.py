"""Workbenches kept in a folder of the test's own; `Kernel` stands for one process after the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from virgil_nb.engine import Document, Editor, Link, Node
from virgil_nb.widget.keeping.identity import Identity, cell_key
from virgil_nb.widget.keeping.keeper import Keeper
from virgil_nb.widget.keeping.store import open_store


def code() -> Document:
    """What the code gives: 1 Number ──▶ 2 Show"""
    return Document.of(Node("1", "Number", {"value": 7}), Node("2", "Show", links={"value": Link("1", 0)}), name="Test")


def identity(home: Path, notebook: str = "lesson.ipynb", cell: str = "a1b2", place: int = 0) -> Identity:
    """A workbench that a cell makes."""
    about = (("notebook", notebook), ("cell", cell), ("place", place))
    return Identity(home, cell_key(notebook, cell, place), about)


OpenBench = Callable[..., Keeper]


@pytest.fixture
def run_cell(tmp_path: Path) -> Iterator[OpenBench]:
    """Does what a kernel that was just started does when the cell runs: a new editor, kept in the notebook's folder."""

    made: list[Keeper] = []

    def open_(document: Document | None = None, who: Identity | None = None) -> Keeper:
        made.append(Keeper(Editor(document or code()), open_store(who or identity(tmp_path))))
        return made[-1]

    yield open_
    for keeper in made:
        keeper.let_go(keeper.store.identity)


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "ab")
fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held_elsewhere() -> Iterator[Callable[[Path], AbstractContextManager[None]]]:
    """Has another process hold a workbench's folder."""

    @contextmanager
    def hold(folder: Path) -> Iterator[None]:
        folder.mkdir(parents=True, exist_ok=True)
        with subprocess.Popen([sys.executable, "-c", HOLD, str(folder / "lock")], stdin=-1, stdout=-1) as other:
            assert other.stdout is not None and other.stdin is not None
            assert other.stdout.readline() == b"held\n"
            try:
                yield
            finally:
                other.kill()

    yield hold
