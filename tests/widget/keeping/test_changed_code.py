"""The code gives another document: the code wins, and what was edited before is offered, not lost."""

from __future__ import annotations

from pathlib import Path

from tests.widget.keeping.conftest import OpenBench, code, identity
from virgil_nb.engine import AddNode, Batch, Document, Link, MoveNodes, Node, SetLink, SetTitle, SetValue
from virgil_nb.widget.keeping.keeper import Keeper


def changed() -> Document:
    """The code after its author went on: the number is another, and there is a node more.  1 Number ──▶ 2 Show   3 Words"""
    nodes = code().nodes
    return Document.of(nodes["1"].with_(values={"value": 30}), nodes["2"], Node("3", "Words", {"text": "new"}), name="Test")


def edited(run_cell: OpenBench) -> Keeper:
    """Three edits in a view: a value, a new node that is linked in, a title."""
    keeper = run_cell()
    editor = keeper.editor
    editor.apply(SetValue("1", "value", 8), origin="v#1")
    editor.apply(Batch((AddNode(Node("3", "Number", {"value": 5})), SetLink("2", "value", Link("3", 0)))), origin="v#2")
    editor.apply(SetTitle("3", "Mine"), origin="v#3")
    keeper.flush()
    return keeper


def test_the_code_wins_and_a_banner_offers_what_was_edited_before(run_cell: OpenBench) -> None:
    edited(run_cell)
    again = run_cell(changed())
    assert again.editor.document == changed()
    status = again.status()
    assert status["state"] == "kept"
    assert status["restorable"]["edits"] == 3
    assert status["restorable"]["saved"][:4].isdigit()
    again.flush()
    assert run_cell(changed()).status()["restorable"]["edits"] == 3, "it is offered until someone decides"


def test_restored_edits_are_one_step_and_a_node_whose_id_is_taken_gets_another(run_cell: OpenBench) -> None:
    edited(run_cell)
    again = run_cell(changed())
    assert again.restore("edits") == ""
    nodes = again.editor.document.nodes
    assert nodes["1"].values["value"] == 8
    assert nodes["3"].type == "Words", "what the code gives is left alone"
    assert nodes["3"].title is None
    assert (nodes["4"].type, nodes["4"].title) == ("Number", "Mine")
    assert nodes["2"].links["value"] == Link("4", 0)
    assert "restorable" not in again.status()
    restored = again.editor.document
    again.editor.undo()
    assert again.editor.document == changed()
    again.editor.redo()
    again.flush()
    assert run_cell(changed()).editor.document == restored


def test_edits_that_no_longer_fit_are_named_and_the_others_are_made(run_cell: OpenBench) -> None:
    keeper = run_cell()
    keeper.editor.apply(SetTitle("2", "Mine"), origin="v#1")
    keeper.editor.apply(MoveNodes({"1": (5.0, 5.0), "2": (9.0, 9.0)}), origin="v#2")
    keeper.flush()
    again = run_cell(Document.of(Node("1", "Number", {"value": 1})))
    said = again.restore("edits")
    assert "there is no node '2'" in said
    assert "The rest was made again" in said
    assert again.editor.document.nodes["1"].position == (5.0, 5.0)


def test_an_edit_of_a_node_that_is_another_now_is_left_out(run_cell: OpenBench) -> None:
    keeper = run_cell()
    keeper.editor.apply(SetTitle("1", "Mine"), origin="v#1")
    keeper.flush()
    again = run_cell(Document.of(Node("1", "Words")))
    assert "node 1 is a Words now; the edit was made on a Number" in again.restore("edits")
    assert again.editor.document.nodes["1"].title is None


def test_forgotten_edits_are_gone(run_cell: OpenBench) -> None:
    edited(run_cell)
    again = run_cell(changed())
    again.restore("forget")
    assert "restorable" not in again.status()
    again.flush()
    assert "restorable" not in run_cell(changed()).status()
    assert run_cell().editor.document == code()


def test_when_the_code_is_as_before_its_edits_are_back_and_the_others_are_offered(run_cell: OpenBench) -> None:
    before = edited(run_cell).editor.document
    between = run_cell(changed())
    between.editor.apply(SetValue("1", "value", 99), origin="v#1")
    between.flush()
    again = run_cell()
    assert again.editor.document == before
    assert again.status()["restorable"]["edits"] == 1


def test_a_seed_that_a_run_changed_is_kept_but_is_nobodys_edit(run_cell: OpenBench) -> None:
    keeper = run_cell()
    keeper.editor.apply(SetValue("1", "value", 8), origin="run")
    keeper.flush()
    assert run_cell().editor.document.nodes["1"].values["value"] == 8
    assert "restorable" not in run_cell(changed()).status()


def test_another_cell_has_its_own_edits(run_cell: OpenBench, tmp_path: Path) -> None:
    edited(run_cell)
    assert run_cell(who=identity(tmp_path, cell="c3d4")).editor.document == code()
    assert run_cell(who=identity(tmp_path, place=1)).editor.document == code()
