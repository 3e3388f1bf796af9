"""`.virgil` stays bounded: what belongs to no cell any more goes, and nothing that someone may come back to."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import nbformat
import pytest

from tests.widget.keeping.conftest import OpenBench, code, identity
from virgil_nb.cli import main
from virgil_nb.engine import Editor, ObjectRef, SetValue
from virgil_nb.widget.keeping import Keepers
from virgil_nb.widget.keeping.cleaning import clean, superfluous
from virgil_nb.widget.keeping.identity import Identity
from virgil_nb.widget.keeping.keeper import Keeper
from virgil_nb.widget.keeping.store import open_store

HASH = "ab" * 16


def edited(who: Identity, value: object = 8) -> Path:
    """The folder of a workbench in which something was edited, by a kernel that is gone."""
    keeper = Keeper(Editor(code()), open_store(who))
    keeper.editor.apply(SetValue("1", "value", value), origin="v#1")
    keeper.flush()
    folder = keeper.store.folder
    keeper.let_go(who).close()
    return folder


def notebook(home: Path, *cells: str, name: str = "lesson.ipynb") -> None:
    """A notebook with cells of these ids."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id=cell) for cell in cells])
    nbformat.write(made, home / name)


def age(path: Path, days: float = 100) -> None:
    """Makes a file or folder, with all in it, that old."""
    then = time.time() - days * 86400
    for each in (*path.rglob("*"), path):
        os.utime(each, (then, then))


def add_runs(folder: Path, count: int, size: int = 1000) -> list[Path]:
    """Earlier runs, the oldest first."""
    (folder / "runs").mkdir(exist_ok=True)
    files = [folder / "runs" / f"20260101T{number:06}-ab.json" for number in range(count)]
    for file in files:
        file.write_text(" " * size)
    return files


def test_a_workbench_whose_cell_is_gone_goes_when_it_is_old(tmp_path: Path) -> None:
    gone, here = edited(identity(tmp_path, cell="gone")), edited(identity(tmp_path, cell="here"))
    notebook(tmp_path, "here")
    assert clean(tmp_path) == []
    age(gone)
    age(here)
    assert [item.path for item in clean(tmp_path)] == [gone]
    assert (gone.exists(), here.exists()) == (False, True)


def test_a_renamed_notebook_keeps_its_edits(tmp_path: Path) -> None:
    folder = edited(identity(tmp_path, cell="a1b2"))
    notebook(tmp_path, "a1b2", name="another name.ipynb")
    age(folder)
    assert clean(tmp_path) == []


def test_a_second_workbench_of_a_cell_is_as_safe_as_the_first(tmp_path: Path) -> None:
    folder = edited(identity(tmp_path, cell="a1b2", place=1))
    notebook(tmp_path, "a1b2")
    age(folder)
    assert clean(tmp_path) == []


def test_a_workbench_with_a_name_stays(tmp_path: Path) -> None:
    folder = edited(Identity(tmp_path, "portrait-0badcafe", (("name", "portrait"),)))
    age(folder)
    assert clean(tmp_path) == []


def test_a_notebook_that_cannot_be_read_keeps_everything(tmp_path: Path) -> None:
    folder = edited(identity(tmp_path, cell="gone"))
    (tmp_path / "half.ipynb").write_text('{"cells": [')
    age(folder)
    assert clean(tmp_path) == []


def test_what_another_process_holds_stays(tmp_path: Path, held_elsewhere: Callable[[Path], AbstractContextManager[None]]) -> None:
    folder = edited(identity(tmp_path, cell="gone"))
    with held_elsewhere(folder):
        age(folder)
        assert clean(tmp_path) == []
    assert [item.path for item in clean(tmp_path)] == [folder]


def test_the_oldest_runs_make_room_and_the_newest_of_each_workbench_stay(tmp_path: Path) -> None:
    folder = edited(identity(tmp_path))
    files = add_runs(folder, 30)
    assert clean(tmp_path, largest=10**6) == []
    kept = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) - 2500
    assert [item.path for item in clean(tmp_path, largest=kept)] == files[:3]
    assert [item.path for item in clean(tmp_path, largest=0)] == files[3:10]


def test_an_object_goes_when_nothing_kept_uses_it(tmp_path: Path) -> None:
    edited(identity(tmp_path), ObjectRef(HASH, "Array"))
    objects = tmp_path / ".virgil" / "objects"
    objects.mkdir()
    for name in (HASH, "cd" * 16):
        (objects / f"{name}.safetensors").write_bytes(b"x")
    assert clean(tmp_path) == []
    age(objects)
    assert [item.path.stem for item in clean(tmp_path)] == ["cd" * 16]
    assert (objects / f"{HASH}.safetensors").exists()


def test_a_kernel_cleans_beside_its_notebook_and_not_what_it_keeps_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    gone = edited(identity(tmp_path, cell="gone"))
    age(gone)
    keepers = Keepers()
    keeping = keepers.keep(Editor(code()), name="mine", autosave=True, objects=None)
    assert isinstance(keeping, Keeper)
    end = time.monotonic() + 10
    while gone.exists():
        assert time.monotonic() < end, "it was not cleaned"
        time.sleep(0.01)
    with keepers._hold(keeping.store.folder) as free:
        assert not free
    keeping.editor.apply(SetValue("1", "value", 9), origin="v#1")
    keeping.flush()
    assert json.loads((keeping.store.folder / "edits.json").read_text())["branch"]["steps"]
    keeping.let_go(keeping.store.identity).close()


def test_the_command_says_what_would_go_then_removes_it(tmp_path: Path, run_cell: OpenBench, capsys: pytest.CaptureFixture[str]) -> None:
    run_cell(who=identity(tmp_path, cell="held"))
    gone = edited(identity(tmp_path, cell="gone"))
    age(gone, 40)
    assert main(["clean", str(tmp_path), "--days", "30", "--dry-run"]) == 0
    assert f"{gone.name}  its cell is in no notebook here any more" in capsys.readouterr().out
    assert gone.exists()
    assert main(["clean", str(tmp_path), "--days", "30"]) == 0
    assert not gone.exists()
    assert main(["clean", str(tmp_path)]) == 0
    assert "Nothing to clean." in capsys.readouterr().out
    assert superfluous(tmp_path) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", str(tmp_path / "none")]) == 2
    assert "there is no folder" in capsys.readouterr().err
