"""The workbench in a real kernel without a page: a notebook run by nbclient keeps graph and picture."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

SETUP = """
import pathlib, sys
sys.path.insert(0, {root!r})
from PIL import Image
from virgil_nb.engine import Document, Editor, Engine, Node, NodeReturn, Registry, node
from virgil_nb.widget import WorkbenchWidget, bundle
bundle.STATIC = pathlib.Path({static!r})
registry = Registry()

@node("Show", output=True, registry=registry)
def show(width: int = 64) -> NodeReturn:
    return NodeReturn(ui={{"images": [Image.new("RGB", (width, 64), (230, 20, 30))]}})

engine = Engine(registry)
wb = WorkbenchWidget(Editor(Document.of(Node("1", "Show"))), lambda: engine, registry=registry)
"""


@pytest.mark.parametrize("cells", [["wb", "wb.run(); 1"], ["display(wb); _ = wb.run()"]], ids=["two cells", "one cell"])
def test_a_notebook_run_without_a_page_holds_the_runs_picture(cells: list[str], tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[2])
    setup = SETUP.format(root=root, static=str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in [setup, *cells]])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    live, still = notebook.cells[1].outputs
    assert "application/vnd.jupyter.widget-view+json" in live["data"]
    image = Image.open(io.BytesIO(base64.b64decode(still["data"]["image/png"]))).convert("RGB")
    red = sum(
        count
        for count, colour in image.getcolors(maxcolors=2**24) or []
        if max(abs(a - b) for a, b in zip(colour, (230, 20, 30), strict=True)) < 12
    )
    assert red > 5000
    assert "vnb-still" in still["data"]["text/html"]
    assert len(nbformat.writes(notebook)) < 250_000
