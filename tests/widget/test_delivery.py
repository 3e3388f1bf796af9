"""The editor comes to the page when a view asks for it, and into no notebook."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.widget.conftest import MakeBench
from tests.widget.test_in_a_kernel import SETUP
from virgil_nb.widget import bundle


def test_a_view_that_asks_gets_module_and_style_sheet(make_bench: MakeBench) -> None:
    (bundle.STATIC / "widget.css").write_text(".vnb-editor { content: 'ä' }")
    bench = make_bench()
    bench.receive({"kind": "ask_editor", "view": "v"})
    bench.receive({"kind": "ask_editor", "view": "w"})
    bench.until(lambda: bench.of("editor"))
    (message, buffers) = next(sent for sent in bench.sent if sent[0]["kind"] == "editor")
    assert message["digest"] == bundle.digest()
    assert [part.decode() for part in buffers] == ["export default {}", ".vnb-editor { content: 'ä' }"]


def test_what_is_stored_names_the_editor_that_it_asks_for(make_bench: MakeBench) -> None:
    before = make_bench()._esm
    assert before == f'export default "{bundle.digest()}"'
    (bundle.STATIC / "widget.js").write_text("export default { another: 1 }")
    assert make_bench()._esm != before


@pytest.mark.slow
def test_a_notebook_run_without_a_page_stores_no_editor_even_with_widget_state(tmp_path: Path) -> None:
    (tmp_path / "widget.js").write_text("export default {}; //" + "x" * 500_000)
    setup = SETUP.format(root=str(Path(__file__).resolve().parents[2]), static=str(tmp_path))
    cells = [setup, "wb", "again = WorkbenchWidget(Editor(wb._editor.document), lambda: engine, registry=registry)\nagain"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=True).execute()
    assert len(str(notebook.metadata["widgets"])) < 20_000
