"""By what a workbench is known again, and where it can't be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from virgil_nb.engine import Editor
from virgil_nb.widget.keeping import Keepers, identity
from virgil_nb.widget.keeping.identity import Identity, NobodyError, Places, identify

FILE = '{{"cells": [], "metadata": {{}}, "nbformat": 4, "nbformat_minor": {minor}}}'


class Page:
    """A kernel as far as it says which cell runs."""

    def __init__(self, cell: object = "a1b2", request: str = "r1", kind: str = "execute_request") -> None:
        self.parent: Any = {"header": {"msg_type": kind, "msg_id": request}, "metadata": {} if cell is None else {"cellId": cell}}

    def get_parent(self, channel: str) -> Any:
        assert channel == "shell"
        return self.parent


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "My lesson.ipynb"
    path.write_text(FILE.format(minor=5))
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    monkeypatch.setattr(identity, "running_kernel", Page)
    return path


def test_the_cell_of_a_notebook_is_known_again_beside_it(notebook: Path) -> None:
    found = identify(None, Places())
    assert found.home == notebook.parent
    assert found == identify(None, Places())
    assert found.key.startswith("my-lesson-")
    assert found.key.endswith("--a1b2")


def test_a_name_is_the_same_in_every_cell(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = identify("portrait", Places())
    monkeypatch.setattr(identity, "running_kernel", lambda: None)
    assert identify("portrait", Places()) == here
    assert identify("Portrait", Places()) != here
    assert identify("../../etc/passwd", Places()).root.parent.parent == notebook.parent
    assert "/" not in identify("../../etc/passwd", Places()).key


def test_several_workbenches_of_one_cell_are_told_apart_each_time_it_runs(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places()
    first = [identify(None, places), identify(None, places)]
    monkeypatch.setattr(identity, "running_kernel", lambda: Page(request="r2"))
    assert [identify(None, places), identify(None, places)] == first
    assert first[0] != first[1]


@pytest.mark.parametrize(
    "page",
    [None, Page(None), Page(7), Page(kind="comm_msg"), Page("vscode-notebook-cell:/x.ipynb#W1"), Page("../x")],
    ids=["no kernel", "nbclient", "number", "a message of a view", "VS Code", "hostile"],
)
def test_without_a_lasting_cell_it_is_nobodys_and_the_reason_names_the_way_out(
    notebook: Path, page: Page | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "running_kernel", lambda: page)
    with pytest.raises(NobodyError, match="name="):
        identify(None, Places())


def test_a_notebook_whose_file_has_no_cell_ids_needs_a_name(notebook: Path) -> None:
    notebook.write_text(FILE.format(minor=4))
    with pytest.raises(NobodyError, match="no lasting ids"):
        identify(None, Places())


def test_a_server_that_tells_a_relative_path_is_understood_where_the_notebook_lies(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absolute = identify(None, Places())
    monkeypatch.setenv("JPY_SESSION_NAME", f"lessons/{notebook.name}")
    monkeypatch.chdir(notebook.parent)
    assert identify(None, Places()) == absolute
    monkeypatch.setenv("JPY_SESSION_NAME", "lessons/another.ipynb")
    with pytest.raises(NobodyError):
        identify(None, Places())


@pytest.mark.parametrize(("name", "error"), [(7, TypeError), ("", ValueError), (" ", ValueError), ("x" * 201, ValueError)])
def test_what_is_no_name_is_refused(name: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="name is"):
        identify(name, Places())


def test_keeping_that_is_off_says_why_and_writes_nothing(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    off = Keepers().keep(Editor(), name=None, autosave=False, objects=None)
    assert off.status() == {"state": "off", "text": "Edits are not kept: autosave is off."}
    assert off.folder is None
    assert off.restore("edits") == "There are no kept edits to restore."
    (notebook.parent / ".virgil").write_text("a file where the folder would be")
    stuck = Keepers().keep(Editor(), name=None, autosave=True, objects=None)
    assert stuck.status()["state"] == "off"
    assert "can't be written" in stuck.status()["text"]


def test_a_workbench_made_anew_takes_over_and_the_one_before_says_so(notebook: Path) -> None:
    keepers = Keepers()
    before = keepers.keep(Editor(), name="x", autosave=True, objects=None)
    told: list[str] = []
    before.subscribe(lambda: told.append(before.status()["state"]))
    after = keepers.keep(Editor(), name="x", autosave=True, objects=None)
    assert told == ["off"]
    assert "made anew" in before.status()["text"]
    assert after.status()["state"] == "kept"
    assert keepers.keep(after.editor, name="x", autosave=True, objects=None) is after
    assert isinstance(identify("x", Places()), Identity)
