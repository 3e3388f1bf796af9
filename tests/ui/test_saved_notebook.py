"""A saved notebook shows graph and picture to whoever has no kernel, and stays small."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from PIL import Image

from tests.ui.conftest import OpenNotebook, note
from tests.ui.scene import SETUP, SHOW, open_scene

RED = (230, 20, 30)


def red_pixels(image: Image.Image) -> int:
    """How many pixels have, about, the colour of the run's picture."""
    counted = image.convert("RGB").getcolors(maxcolors=image.width * image.height) or []
    return sum(count for count, colour in counted if all(abs(a - b) < 12 for a, b in zip(colour, RED, strict=True)))  # type: ignore[arg-type]


def pictures_of(page: str) -> list[Image.Image]:
    """The pictures inside a page."""
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in re.findall(r'src="data:image/\w+;base64,([^"]+)"', page)]


def without_widget_state(saved: dict[str, Any]) -> dict[str, Any]:
    saved = json.loads(json.dumps(saved))
    saved["metadata"].pop("widgets", None)
    return saved


def test_a_saved_notebook_shows_the_runs_picture_without_kernel_and_widget_state(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, SHOW])
    before = notebook.path.stat().st_size
    scene = open_scene(notebook)
    scene.press("run")
    scene.wait_for_picture()
    assert notebook.page.locator("[data-vnb-still]").count() == 1
    assert not notebook.page.locator("[data-vnb-still]").is_visible(), "the live editor hides it"

    def saved_with_picture() -> dict[str, Any] | None:
        saved = notebook.save()
        html = "".join("".join(output.get("data", {}).get("text/html", "")) for output in saved["cells"][1]["outputs"])
        return saved if any(red_pixels(image) > 5000 for image in pictures_of(html)) else None

    saved = without_widget_state(notebook.until(saved_with_picture, what="the still picture in the file"))
    text = json.dumps(saved, indent=1)
    note(artifacts, **{"growth of the saved notebook, bytes": len(text) - before})
    assert len(text) - before < 300_000
    outputs = saved["cells"][1]["outputs"]
    assert any(
        red_pixels(Image.open(io.BytesIO(base64.b64decode(o["data"]["image/png"])))) > 5000 for o in outputs if "image/png" in o["data"]
    )

    page, _ = HTMLExporter().from_notebook_node(nbformat.reads(text, as_version=4))
    assert any(red_pixels(image) > 5000 for image in pictures_of(page))
    (artifacts / "converted.html").write_text(page, encoding="utf-8")

    copy = notebook.path.with_name("reopened.ipynb")
    copy.write_text(text)
    reader = open_notebook(copy, kernel=False)
    still = reader.page.locator(".vnb-still img")
    still.wait_for(state="visible")
    still.scroll_into_view_if_needed()
    reader.shot(artifacts, "reopened")
    assert "Run the cell to wake the editor" in reader.page.locator(".jp-OutputArea").nth(1).inner_text()
