"""Two kernels, foreign files, broken files: each is said, and nobody's edits are written over."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.widget.keeping.conftest import OpenBench, code, identity
from virgil_nb.engine import Document, Editor, Node, SetTitle, SetValue
from virgil_nb.widget.keeping.keeper import Keeper

Hold = Callable[[Path], AbstractContextManager[None]]


def edit(keeper: Keeper, title: str) -> None:
    keeper.editor.apply(SetTitle("1", title), origin="v#1")
    keeper.flush()


def titles(keeper: Keeper) -> str | None:
    return keeper.editor.document.nodes["1"].title


def test_a_second_kernel_opens_a_copy_of_what_the_first_has_and_says_so(run_cell: OpenBench, held_elsewhere: Hold) -> None:
    first = run_cell()
    edit(first, "first")
    own = first.store.folder
    written = (own / "edits.json").read_bytes()
    first.store.close()
    with held_elsewhere(own):
        second = run_cell()
        assert titles(second) == "first"
        assert second.status()["state"] == "copy"
        assert "Another kernel" in second.status()["text"]
        edit(second, "second")
        assert (own / "edits.json").read_bytes() == written
        second.store.close()
        assert titles(run_cell()) == "second", "run again, the second kernel goes on with its copy"


def test_when_the_first_kernel_did_nothing_since_the_copy_becomes_the_workbench(run_cell: OpenBench, held_elsewhere: Hold) -> None:
    first = run_cell()
    edit(first, "first")
    first.store.close()
    with held_elsewhere(first.store.folder):
        second = run_cell()
        edit(second, "second")
        runs = second.store.folder / "runs"
        runs.mkdir()
        (runs / "one.json").write_text("{}")
        second.store.close()
    third = run_cell()
    assert titles(third) == "second"
    assert third.status()["state"] == "kept"
    assert "restorable" not in third.status()
    assert (third.store.folder / "runs" / "one.json").exists()
    assert not second.store.folder.exists()


def test_when_both_kernels_went_on_the_copys_edits_are_offered(run_cell: OpenBench, held_elsewhere: Hold) -> None:
    first = run_cell()
    edit(first, "first")
    first.store.close()
    with held_elsewhere(first.store.folder):
        second = run_cell()
        edit(second, "second")
        second.store.close()
    first.editor.apply(SetValue("1", "value", 33), origin="v#9")
    first.flush()
    third = run_cell()
    assert titles(third) == "first"
    assert third.status()["restorable"]["edits"] == 1
    third.restore("edits")
    assert titles(third) == "second"
    assert third.editor.document.nodes["1"].values["value"] == 33


def test_a_killed_kernel_keeps_nobody_out(run_cell: OpenBench, held_elsewhere: Hold) -> None:
    first = run_cell()
    edit(first, "first")
    first.store.close()
    with held_elsewhere(first.store.folder):
        pass  # killed on the way out
    assert run_cell().status()["state"] == "kept"


def newer(text: str) -> str:
    data = json.loads(text)
    return json.dumps({**data, "version": data["version"] + 1})


def with_newer_document(text: str) -> str:
    data = json.loads(text)
    data["branch"]["base"]["version"] = 99
    return json.dumps(data)


def with_unknown_edit(text: str) -> str:
    data = json.loads(text)
    data["branch"]["steps"].append({"by": "view", "edit": {"op": "teleport", "id": "1"}})
    return json.dumps(data)


@pytest.mark.parametrize(
    "spoil",
    [
        newer,
        with_newer_document,
        with_unknown_edit,
        lambda text: text[: len(text) // 2],
        lambda _text: "",
        lambda _text: "[]",
        lambda _text: "[" * 100_000,
        lambda text: text.replace('"revision": 1', '"revision": "many"'),
    ],
    ids=["newer file", "newer document", "unknown edit", "half", "empty", "no object", "too deep", "wrong type"],
)
def test_a_file_that_can_not_be_read_is_left_as_it_is_and_edits_are_kept_beside_it(
    run_cell: OpenBench, spoil: Callable[[str], str], tmp_path: Path
) -> None:
    first = run_cell()
    edit(first, "first")
    first.store.close()
    file = first.store.folder / "edits.json"
    file.write_text(spoiled := spoil(file.read_text()))
    second = run_cell()
    assert second.editor.document == code()
    assert second.status()["state"] == "copy"
    assert str(file) in second.status()["text"]
    edit(second, "second")
    second.store.close()
    assert titles(run_cell()) == "second"
    assert file.read_text() == spoiled


def test_a_repaired_file_gets_what_was_edited_beside_it_as_an_offer(run_cell: OpenBench) -> None:
    first = run_cell()
    edit(first, "first")
    first.store.close()
    file = first.store.folder / "edits.json"
    whole = file.read_text()
    file.write_text(newer(whole))
    second = run_cell()
    edit(second, "second")
    second.store.close()
    file.write_text(whole)
    third = run_cell()
    assert titles(third) == "first"
    assert third.status()["restorable"]["edits"] == 1


def test_two_cells_that_show_one_workflow_both_find_its_edits_alone(run_cell: OpenBench, tmp_path: Path) -> None:
    from virgil_nb.widget.keeping.store import open_store

    shown = run_cell()
    other = identity(tmp_path, cell="c3d4")
    shown.also_in(open_store(other))
    edit(shown, "mine")
    assert titles(run_cell(who=other)) == "mine"
    both = run_cell()
    both.also_in(open_store(other))
    assert titles(both) == "mine"
    assert "restorable" not in both.status()
    handed = both.let_go(other)
    next_one = Keeper(Editor(Document.of(Node("1", "Words"))), handed)
    edit(both, "still kept")
    edit(next_one, "apart")
    assert titles(run_cell()) == "still kept"
