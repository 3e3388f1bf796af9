"""A workbench opens with the side that its code asks for, then with the one that someone turned to."""

from __future__ import annotations

from pathlib import Path

from tests.widget.conftest import Bench, MakeBench
from tests.widget.keeping.conftest import OpenBench, identity
from virgil_nb.engine import Document, Node
from virgil_nb.widget.keeping.store import open_store


def opened(bench: Bench, view: str) -> str:
    """What a view that opens now is told to show."""
    bench.receive({"kind": "ready", "view": view, "protocol": 1})
    return str(bench.until(lambda: [told["side"] for told in bench.of("snapshot") if told["view"] == view])[-1])


def test_a_view_opens_with_what_the_code_asks_for(make_bench: MakeBench) -> None:
    assert opened(make_bench(), "v") == "graph"
    assert opened(make_bench(opens="panel"), "v") == "panel"


def test_the_next_view_opens_with_the_side_that_someone_turned_to(make_bench: MakeBench) -> None:
    bench = make_bench(opens="panel")
    bench.receive({"kind": "turn", "view": "v", "side": "graph"})
    assert opened(bench, "w") == "graph"


def test_the_side_is_kept_with_the_edits(run_cell: OpenBench) -> None:
    first = run_cell()
    first.turn("panel", "graph")
    first.flush()
    assert run_cell().side("panel") == "graph"


def test_code_that_asks_for_another_side_wins(run_cell: OpenBench) -> None:
    first = run_cell()
    first.turn("panel", "graph")
    first.turn("graph", "panel")
    first.flush()
    again = run_cell()
    assert (again.side("graph"), again.side("panel")) == ("panel", "panel")


def test_another_document_of_the_code_leaves_the_side(run_cell: OpenBench) -> None:
    first = run_cell()
    first.turn("panel", "graph")
    first.flush()
    assert run_cell(Document.of(Node("1", "Number"))).side("panel") == "graph"


def test_a_side_that_no_virgil_nb_knows_is_left_out(run_cell: OpenBench, tmp_path: Path) -> None:
    keeper = run_cell()
    keeper.turn("panel", "graph")
    keeper.flush()
    file = keeper.store.folder / "edits.json"
    keeper.let_go(identity(tmp_path)).close()
    file.write_text(file.read_text().replace('["panel", "graph"]', '["panel", {}]'))
    store = open_store(identity(tmp_path))
    assert store.kept.turned is None
    store.close()
