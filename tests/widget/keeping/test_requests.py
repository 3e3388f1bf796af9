"""What views ask of keeping, and what they are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.widget.conftest import Bench, Nodes, built, nodes
from tests.widget.keeping.conftest import OpenBench
from virgil_nb.engine import Document, Engine, Node, SetValue

__all__ = ["built", "nodes"]


@pytest.fixture
def shown(run_cell: OpenBench, nodes: Nodes) -> Iterator[Bench]:
    """A workbench whose code was changed after an edit."""
    first = run_cell()
    first.editor.apply(SetValue("1", "value", 8), origin="v#1")
    first.flush()
    keeper = run_cell(Document.of(Node("1", "Number", {"value": 20})))
    engine = Engine(nodes.registry)
    bench = Bench(keeper.editor, lambda: engine, registry=nodes.registry, keeping=keeper)
    yield bench
    bench.close()
    engine.close()


def snapshot(bench: Bench) -> dict[str, object]:
    bench.sent.clear()
    bench.receive({"kind": "ready", "view": "v", "protocol": 1})
    found: dict[str, object] = bench.until(lambda: bench.of("snapshot"))[0]["keeping"]
    return found


def test_a_view_that_restores_gets_the_edits_as_an_edit_of_nobodys_and_the_new_status(shown: Bench) -> None:
    offered = snapshot(shown)
    assert offered["state"] == "kept"
    shown.receive({"kind": "restore", "view": "v", "take": "edits"})
    assert [(applied["origin"], applied["ops"][0]["value"]) for applied in shown.of("applied")] == [(None, 8)]
    assert "restorable" not in shown.of("keeping")[-1]
    assert "restorable" not in snapshot(shown)


def test_a_view_that_forgets_changes_nothing_but_the_offer(shown: Bench) -> None:
    shown.receive({"kind": "restore", "view": "v", "take": "forget"})
    assert shown.of("applied") == []
    assert "restorable" not in shown.of("keeping")[-1]
    shown.receive({"kind": "restore", "view": "v", "take": "forget"})
    assert shown.of("notice")[-1]["text"] == "There are no kept edits to restore."


@pytest.mark.parametrize("take", ["everything", None, 7, ["edits"]])
def test_a_restore_that_is_none_is_refused_and_the_offer_stays(shown: Bench, take: object) -> None:
    shown.receive({"kind": "restore", "view": "v", "take": take})
    assert shown.of("applied") == shown.of("keeping") == []
    assert "restorable" in snapshot(shown)


def test_that_edits_can_not_be_kept_is_said_aloud_once(shown: Bench) -> None:
    folder = shown.kept_folder()
    assert folder is not None
    (folder / "edits.json").unlink()
    (folder / "edits.json").mkdir()
    for value in (1, 2):
        shown.edit({"op": "set", "id": "1", "input": "value", "value": value})
        shown._keeping.flush()
    said = [notice["text"] for notice in shown.of("notice")]
    assert len(said) == 1
    assert "can't be kept now" in said[0]
    assert shown.of("keeping")[-1]["state"] == "off"


def test_edits_are_on_the_disk_before_a_run_begins(run_cell: OpenBench, nodes: Nodes) -> None:
    keeper = run_cell()
    engine = Engine(nodes.registry)
    bench = Bench(keeper.editor, lambda: engine, registry=nodes.registry, keeping=keeper)
    bench.edit({"op": "set", "id": "1", "input": "value", "value": 9})
    run = bench.start()
    assert run_cell().editor.document.nodes["1"].values["value"] == 9
    assert run.wait(10)
    bench.close()
    engine.close()
