"""The workbench in a real kernel without a page: a notebook run by nbclient keeps graph and picture."""

from __future__ import annotations

import ast
import base64
import io
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
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


def red_pixels(png: str) -> int:
    """How many pixels have, about, the colour of the run's picture."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    counted = image.getcolors(maxcolors=2**24) or []
    return sum(count for count, colour in counted if max(abs(a - b) for a, b in zip(colour, (230, 20, 30), strict=True)) < 12)  # type: ignore[arg-type]


@pytest.mark.parametrize("cells", [["wb", "wb.run(); 1"], ["display(wb); _ = wb.run()"]], ids=["two cells", "one cell"])
def test_a_notebook_run_without_a_page_holds_the_runs_picture(cells: list[str], tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[2])
    setup = SETUP.format(root=root, static=str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in [setup, *cells]])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    live, still = notebook.cells[1].outputs
    assert "application/vnd.jupyter.widget-view+json" in live["data"]
    assert red_pixels(still["data"]["image/png"]) > 5000
    assert "vnb-still" in still["data"]["text/html"]
    assert len(nbformat.writes(notebook)) < 250_000


def test_the_still_picture_follows_edits_and_keeps_the_last_runs_picture(tmp_path: Path) -> None:
    setup = SETUP.format(root=str(Path(__file__).resolve().parents[2]), static=str(tmp_path))
    edit = "from virgil_nb.engine import SetValue\nwb._editor.apply(SetValue('1', 'width', 99)); 1"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in [setup, "wb", "wb.run(); 1", edit]])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    still = notebook.cells[1].outputs[1]
    assert "width: 99" in still["data"]["text/plain"]
    assert red_pixels(still["data"]["image/png"]) > 5000


GARBAGE: list[object] = [
    None,
    "text",
    [],
    {},
    {"method": "custom"},
    {"method": "custom", "content": None},
    {"method": "custom", "content": {"kind": "edit", "view": 7}},
    {"method": "custom", "content": {"kind": "edit", "view": "v", "seq": 1, "base": 0, "ops": [{"op": "remove", "id": "no such"}]}},
    {"method": "explode"},
    {"method": "update", "state": {"no_such_trait": 1}},
    {"method": "update", "state": []},
]


def test_a_kernel_survives_whatever_comes_over_the_comm(tmp_path: Path) -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        client.execute_interactive(SETUP.format(root=str(Path(__file__).resolve().parents[2]), static=str(tmp_path)), timeout=60)
        comm = answer(client, "wb.comm.comm_id")
        for data in GARBAGE:
            send(client, comm, data)
        edit = {"op": "set", "id": "1", "input": "width", "value": 99}
        send(client, comm, {"method": "custom", "content": {"kind": "edit", "view": "v", "seq": 2, "base": 0, "ops": [edit]}})
        assert answer(client, "dict(wb._editor.document.nodes['1'].values)") == {"width": 99}
        assert answer(client, "wb.run().executed") == ("1",)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_panel_and_an_upload_work_in_a_kernel_as_they_do_here(tmp_path: Path) -> None:
    manager, client = start_new_kernel(kernel_name="python3", env={**os.environ, "VIRGIL_HOME": str(tmp_path / "home")})
    try:
        client.execute_interactive(SETUP.format(root=str(Path(__file__).resolve().parents[2]), static=str(tmp_path)), timeout=60)
        client.execute_interactive("field = wb.panel.fields['1', 'width']", timeout=60)
        send(client, answer(client, "field.comm.comm_id"), {"method": "update", "state": {"value": 99}, "buffer_paths": []})
        assert answer(client, "dict(wb._editor.document.nodes['1'].values)") == {"width": 99}
        comm = answer(client, "wb.comm.comm_id")
        edit = {"op": "set", "id": "1", "input": "width", "value": 50}
        send(client, comm, {"method": "custom", "content": {"kind": "edit", "view": "v", "seq": 1, "base": 1, "ops": [edit]}})
        assert answer(client, "(wb._pacer.settle(10), field.value)") == (True, 50)
        file = io.BytesIO()
        Image.new("RGB", (9, 9)).save(file, "PNG")
        data = base64.b64encode(file.getvalue()).decode()
        piece = {"kind": "upload", "view": "v", "upload": "1", "name": "fox.png", "size": len(file.getvalue()), "offset": 0, "data": data}
        send(client, comm, {"method": "custom", "content": piece})
        assert answer(client, "wb._clerk.settle(10)")
        assert (tmp_path / "home" / "input" / "fox.png").read_bytes() == file.getvalue()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def send(client: Any, comm: str, data: object) -> None:
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": comm, "data": data}))


def answer(client: Any, expression: str) -> Any:
    reply = client.execute_interactive("", user_expressions={"x": expression}, timeout=60)["content"]["user_expressions"]["x"]
    assert reply["status"] == "ok", reply
    return ast.literal_eval(reply["data"]["text/plain"])


def test_a_view_is_told_how_cells_name_the_workbench(tmp_path: Path) -> None:
    setup = SETUP.format(root=str(Path(__file__).resolve().parents[2]), static=str(tmp_path))
    ask = "from virgil_nb.widget.kernels import name_in_notebook as name\n"
    cells = [
        setup,
        ask + "print(name(wb.names('wb')), name(wb.names('wf')), name([([], ''), (wb, '')]))",
        "WorkbenchWidget(Editor(Document.of(Node('1', 'Show'))), lambda: engine, registry=registry)",
        "print(name(_.names('wf')))",
        "try: name([([], '')])\nexcept Exception as problem: print(problem)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    printed = ["".join(output.get("text", "") for output in cell.outputs).strip() for cell in notebook.cells]
    assert printed[1] == "wb wb.workflow wb"
    assert printed[3] == "Out[3].workflow"
    assert "wb = vnb.Workbench" in printed[4]
