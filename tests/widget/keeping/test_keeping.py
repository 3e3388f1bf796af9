"""What was edited in the widget is there again when the cell runs again, in a new kernel; and undo takes it back step by step."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.widget.keeping.conftest import OpenBench, code, identity
from virgil_nb.engine import AddNode, Document, Editor, Link, MoveNodes, Node, RemoveNode, SetLink, SetValue
from virgil_nb.widget.keeping.keeper import Keeper
from virgil_nb.widget.keeping.steps import Branch
from virgil_nb.widget.keeping.store import open_store


def type_into(keeper: Keeper, value: object, seq: int = 1) -> None:
    """An edit in a view."""
    keeper.editor.apply(SetValue("1", "value", value), origin=f"v#{seq}")


def value(keeper: Keeper) -> object:
    return keeper.editor.document.nodes["1"].values["value"]


def test_edits_are_made_again_in_a_new_kernel_and_undone_one_by_one(run_cell: OpenBench) -> None:
    first = run_cell()
    type_into(first, 8)
    type_into(first, 9)
    first.flush()
    again = run_cell()
    assert value(again) == 9
    assert again.status() == {
        "state": "kept",
        "text": "Edits are kept beside the notebook.",
        "replayed": 2,
        "id": str(again.store.folder),
    }
    again.editor.undo("v#1")
    assert value(again) == 8
    again.editor.undo("v#2")
    assert again.editor.document == code()
    assert not again.editor.can_undo


def test_redo_works_in_the_new_kernel_too(run_cell: OpenBench) -> None:
    first = run_cell()
    type_into(first, 8)
    type_into(first, 9)
    first.editor.undo("v#3")
    first.flush()
    again = run_cell()
    assert value(again) == 8
    again.editor.redo("v#1")
    assert value(again) == 9


def test_what_is_written_by_itself_needs_no_flush(run_cell: OpenBench, tmp_path: Path) -> None:
    keeper = run_cell()
    type_into(keeper, 8)
    assert keeper._writer.settle(10)
    assert value(run_cell()) == 8


def test_a_stretch_of_typing_stays_one_step_and_keeps_only_its_end(run_cell: OpenBench) -> None:
    first = run_cell()
    for length in range(1, 40):
        first.editor.apply(SetValue("1", "value", "a" * length), origin="v#1", merge="v#typing")
    first.flush()
    assert first.folder is not None
    assert len((first.folder / "edits.json").read_text()) < 1500
    again = run_cell()
    assert value(again) == "a" * 39
    again.editor.undo()
    assert value(again) == 7


EDITS = st.lists(st.sampled_from(["view", "typed", "add", "run", "undo", "redo"]), max_size=40)


@settings(max_examples=60, deadline=None)
@given(EDITS)
def test_whatever_is_done_undone_and_redone_comes_back_with_its_undo_steps(doings: list[str]) -> None:
    editor, branch = Editor(code()), Branch(code())
    editor.subscribe(branch.note)
    for number, doing in enumerate(doings):
        match doing:
            case "undo":
                editor.undo("v#1")
            case "redo":
                editor.redo("v#1")
            case "add":
                editor.apply(AddNode(Node(editor.document.new_id(), "Number")), origin="v#1")
            case "typed":
                editor.apply(SetValue("1", "value", number), origin="v#1", merge="v#t")
            case _:
                editor.apply(SetValue("1", "value", number), origin="run" if doing == "run" else "v#1")
    kept = Branch.from_json(json.loads(branch.text()))
    again = Editor(kept.base)
    for step in kept.steps:
        again.apply(step.edit)
    assert again.document == editor.document
    while editor.undo() is not None:
        assert again.undo() is not None
        assert again.document == editor.document
    assert again.undo() is None


def test_undo_of_what_the_code_did_is_an_edit_like_others(run_cell: OpenBench) -> None:
    first = run_cell()
    first.editor.apply(SetValue("1", "value", 50))
    first.editor.undo("v#1")
    first.editor.redo("v#2")
    first.editor.undo("v#3")
    first.flush()
    again = run_cell()
    assert value(again) == 7
    assert again.editor.document == code()


def test_what_code_edits_later_is_left_to_the_code(run_cell: OpenBench) -> None:
    first = run_cell()
    first.editor.apply(SetValue("1", "value", 50))
    first.editor.apply(MoveNodes({"2": (10.0, 20.0)}), origin="v#1")
    first.flush()
    again = run_cell()
    assert value(again) == 7
    assert again.editor.document.nodes["2"].position == (10.0, 20.0)


def test_edits_on_a_node_that_code_adds_wait_for_that_code(run_cell: OpenBench) -> None:
    added = AddNode(Node("3", "Number", {"value": 1}))
    first = run_cell()
    type_into(first, 8)
    first.editor.apply(added)
    first.editor.apply(SetLink("2", "value", Link("3", 0)), origin="v#2")
    first.flush()

    again = run_cell()
    assert value(again) == 8
    assert list(again.editor.document.nodes) == ["1", "2"]
    assert again.status()["restorable"]["edits"] == 1
    again.editor.apply(added)
    assert again.editor.document == first.editor.document
    assert "restorable" not in again.status()
    again.flush()
    assert run_cell().status()["restorable"]["edits"] == 1, "and so on, each time"


def test_edits_that_wait_are_offered_when_the_code_does_something_else(run_cell: OpenBench) -> None:
    first = run_cell()
    first.editor.apply(AddNode(Node("3", "Number")))
    type_into(first, 8)
    first.flush()
    again = run_cell()
    again.editor.apply(RemoveNode("2"))
    assert value(again) == 7
    assert again.status()["restorable"]["edits"] == 1
    again.restore("edits")
    assert value(again) == 8


def test_reset_goes_back_to_the_code_and_stays_there_but_can_be_undone(run_cell: OpenBench) -> None:
    first = run_cell()
    type_into(first, 8)
    first.reset()
    assert first.editor.document == code()
    first.flush()
    again = run_cell()
    assert again.editor.document == code()
    assert "replayed" not in again.status()
    again.editor.undo()
    assert value(again) == 8


def test_reset_drops_the_edits_that_wait_for_code_too(run_cell: OpenBench) -> None:
    added = AddNode(Node("3", "Number"))
    first = run_cell()
    first.editor.apply(added)
    type_into(first, 8)
    first.flush()
    again = run_cell()
    again.reset()
    again.editor.apply(added)
    assert value(again) == 7
    assert "restorable" not in again.status()


def test_a_renamed_notebook_takes_its_edits_along_and_a_copied_one_does_not(run_cell: OpenBench, tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_text("{}")
    first = run_cell()
    type_into(first, 8)
    first.flush()
    first.store.close()
    (tmp_path / "lesson-Copy1.ipynb").write_text("{}")
    assert value(run_cell(who=identity(tmp_path, "lesson-Copy1.ipynb"))) == 7
    (tmp_path / "lesson.ipynb").rename(tmp_path / "renamed.ipynb")
    assert value(run_cell(who=identity(tmp_path, "renamed.ipynb"))) == 8


def test_years_of_edits_stay_a_small_file(run_cell: OpenBench) -> None:
    keeper = run_cell()
    for number in range(5000):
        type_into(keeper, number)
    keeper.flush()
    assert keeper.folder is not None
    assert (keeper.folder / "edits.json").stat().st_size < 150_000
    again = run_cell()
    assert value(again) == 4999
    again.editor.undo()
    assert value(again) == 4998


def test_a_folder_that_can_not_be_written_is_said_and_the_document_lives(run_cell: OpenBench, tmp_path: Path) -> None:
    keeper = run_cell()
    told: list[str] = []
    keeper.subscribe(lambda: told.append(keeper.status()["state"]))
    target = keeper.store.folder / "edits.json"
    target.mkdir()  # works for root, too: a file can't replace a folder
    type_into(keeper, 8)
    keeper.flush()
    assert keeper.status()["state"] == "off"
    assert "can't be kept" in keeper.status()["text"]
    assert value(keeper) == 8
    target.rmdir()
    type_into(keeper, 9)
    keeper.flush()
    assert told == ["off", "kept"]
    assert value(Keeper(Editor(code()), open_store(identity(tmp_path)))) == 9


def test_a_document_that_was_put_in_place_of_the_codes_is_kept_whole(run_cell: OpenBench) -> None:
    first = run_cell()
    other = Document.of(Node("9", "Words", {"text": "ä\ud800"}), name="Other")
    first.editor.replace(other, origin="v#1")
    first.flush()
    again = run_cell()
    assert again.editor.document == other
    again.editor.undo()
    assert again.editor.document == code()
