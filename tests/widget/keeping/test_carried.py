"""A notebook's file alone, in another folder: its workbench begins with what was edited, and says what stayed behind."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.widget.keeping.conftest import OpenBench, code, identity
from tests.widget.sample_workflow import SPECS, sample
from virgil_nb.engine import Document, Node, SetValue
from virgil_nb.widget.keeping.carried import LARGEST, TEXT, carry
from virgil_nb.widget.still.output import StillPicture


def output(carried: str) -> dict[str, Any]:
    """The still picture's output, as a notebook has it."""
    still = StillPicture()
    still.draw(sample(), SPECS, {}, {}, "", carried)
    return {"output_type": "display_data", "metadata": {}, "data": still.bundle("")}


def notebook(folder: Path, *outputs: dict[str, Any], cell: str = "a1b2") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "lesson.ipynb"
    cells = [{"id": "other", "outputs": [output("")]}, {"id": cell, "outputs": list(outputs)}]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def edited(run_cell: OpenBench) -> str:
    """What a workbench whose number was set to 42 has the notebook carry."""
    keeper = run_cell()
    assert keeper.carried() == "", "nothing was edited yet"
    keeper.editor.apply(SetValue("1", "value", 42), origin="v#1")
    return keeper.carried()


def test_the_file_alone_brings_the_edits_and_says_what_did_not_come(run_cell: OpenBench, tmp_path: Path) -> None:
    text = edited(run_cell)
    away = tmp_path / "away"
    notebook(away, output(text))
    keeper = run_cell(who=identity(away))
    assert keeper.editor.document.nodes["1"].values["value"] == 42
    assert keeper.status()["state"] == "copy"
    assert "Earlier runs and added files stayed" in keeper.status()["text"]
    keeper.editor.undo()
    assert keeper.editor.document == code()


def test_what_is_kept_beside_the_notebook_goes_before_what_its_file_carries(run_cell: OpenBench, tmp_path: Path) -> None:
    text = edited(run_cell)
    away = tmp_path / "away"
    notebook(away, output(text))
    first = run_cell(who=identity(away))
    first.editor.apply(SetValue("1", "value", 43), origin="v#1")
    first.flush()
    first.let_go(first.store.identity).close()
    again = run_cell(who=identity(away))
    assert again.editor.document.nodes["1"].values["value"] == 43
    assert again.status()["state"] == "kept"


def test_other_code_offers_what_the_file_carries(run_cell: OpenBench, tmp_path: Path) -> None:
    text = edited(run_cell)
    away = tmp_path / "away"
    notebook(away, output(text))
    other = Document.of(Node("1", "Number", {"value": 1}), name="Other")
    keeper = run_cell(other, who=identity(away))
    assert keeper.editor.document == other
    assert keeper.status()["restorable"]["edits"] == 1


def test_each_workbench_of_a_cell_gets_its_own(run_cell: OpenBench, tmp_path: Path) -> None:
    text = edited(run_cell)
    away = tmp_path / "away"
    notebook(away, output(""), output(text))
    assert run_cell(who=identity(away)).editor.document == code()
    assert run_cell(who=identity(away, place=1)).editor.document.nodes["1"].values["value"] == 42


def png_with(text: str) -> str:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG", pnginfo=carry(text))
    return base64.b64encode(file.getvalue()).decode()


BROKEN: dict[str, Any] = {
    "no picture": "fox",
    "cut": png_with("{}")[:60],
    "no edits": png_with("[]"),
    "newer": png_with('{"format": "virgil_nb edits", "version": 99}'),
    "deep": png_with("[" * 100_000),
    "wrong type": 7,
}


@pytest.mark.parametrize("picture", BROKEN.values(), ids=BROKEN)
def test_what_can_not_be_read_is_passed_over(run_cell: OpenBench, tmp_path: Path, picture: object) -> None:
    broken = {**output(""), "data": {"text/html": '<div data-vnb-still="x">', "image/png": picture}}
    path = notebook(tmp_path / "away", broken)
    assert run_cell(who=identity(path.parent)).editor.document == code()
    path.write_text(path.read_text()[:-30])
    assert run_cell(who=identity(path.parent, cell="a1b2", place=1)).editor.document == code()


def test_the_notebook_stays_small(run_cell: OpenBench) -> None:
    text = edited(run_cell)
    bare, full = (len(output(carried)["data"]["image/png"]) for carried in ("", text))
    assert full - bare < 2_000
    assert carry("".join(map(chr, range(256, 40_000)))) is None
    assert LARGEST < 20_000 and TEXT in str(Image.open(io.BytesIO(base64.b64decode(output(text)["data"]["image/png"]))).text)  # type: ignore[attr-defined]
