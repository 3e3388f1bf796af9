"""Pictures in a real notebook: kept with the workflow they came from, named in Python, chosen among files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.ui.conftest import notebooks
from tests.ui.lab_server import LabServer
from tests.ui.scene import SETUP, SHOW, Scene, open_scene

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

LOADER = "loader = wf.add('LoadImage', image='owl.png')\nwf = vnb.Workflow(wf.document)\n"


@pytest.fixture
def scene(lab: LabServer, browser: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A workbench with a node that loads one of nine pictures of the input folder."""
    folder = lab.home / "input" / "birds"
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 32), "red").save(folder.parent / "owl.png")
    for number in range(8):
        Image.new("RGB", (40, 40), (0, 30 * number, 90)).save(folder / f"bird-{number}.png")
    browser.grant_permissions(["clipboard-read", "clipboard-write"])
    for open_notebook in notebooks(lab, browser, request.node.name):
        yield open_scene(open_notebook([SETUP + LOADER, SHOW]))


def test_an_earlier_picture_is_saved_with_the_workflow_that_it_came_from(scene: Scene, tmp_path: Path) -> None:
    scene.press("mode-panel")
    for text in ("a hen", "a hare"):
        scene.type_into("1.text", text)
        scene.notebook.until(lambda text=text: scene.value("wb.workflow['1'].text") == repr(text), what="the text")
        before = scene.page.locator(".vnb-thumb").count()
        scene.press("run")
        scene.notebook.until(lambda before=before: scene.page.locator(".vnb-thumb").count() > before, what="the run in the strip")
        scene.wait_until_idle()
    scene.page.locator(".vnb-thumb").nth(1).click()
    scene.find('[data-vnb-shown="past"]').wait_for(state="visible")
    assert "a hen" in scene.find(".vnb-beside").inner_text()
    with scene.page.expect_download() as download:
        scene.press("save-picture")
    download.value.save_as(tmp_path / "hen.png")
    with Image.open(tmp_path / "hen.png") as picture:
        workflow = json.loads(picture.info["workflow"])
    assert "a hen" in json.dumps(workflow) and "a hare" not in json.dumps(workflow)
    assert "downloads" in scene.find("[data-vnb-run-status]").inner_text()


def test_a_picture_and_a_node_are_copied_by_the_names_that_cells_have_for_them(scene: Scene) -> None:
    def copied() -> str:
        return str(scene.page.evaluate("() => navigator.clipboard.readText()"))

    scene.notebook.python("mine = wb; del wb, wf; wb = mine; del mine")
    scene.press("run")
    scene.wait_for_picture()
    scene.wait_until_idle()
    scene.node("2").locator(".vnb-picture").click(button="right")
    scene.find('[data-vnb-command="picture-python"]').click()
    scene.notebook.until(lambda: copied() == "wb.result.images[0]", what="the picture's name")
    assert scene.notebook.python("print(wb.result.images[0].size, end='')") == "(96, 96)"
    scene.node("1").locator(".vnb-title").click(button="right")
    scene.find('[data-vnb-command="copy-node-name"]').click()
    scene.notebook.until(lambda: copied() == 'wb.workflow["Words"]', what="the node's name")
    assert scene.notebook.python("print(wb.workflow['Words'].text, end='')") == "a fox"


def test_a_file_is_chosen_by_its_looks_and_shown_at_once(scene: Scene, artifacts: Path) -> None:
    shown = scene.find('[data-vnb-node="3"] img[data-vnb-image="3"]')
    shown.wait_for(state="visible")
    assert shown.evaluate("(img) => [img.naturalWidth, img.naturalHeight]") == [64, 32]
    scene.find('[data-vnb-field="3.image"] .vnb-choice').click()
    entry = scene.find('[role="option"]:has-text("bird-3.png")')
    entry.locator("img").wait_for(state="visible")
    assert "birds/" in entry.locator(".vnb-quiet").inner_text()
    assert "KB" in entry.locator(".vnb-file-size").inner_text()
    scene.notebook.shot(artifacts, "file_choice")
    entry.click()
    scene.notebook.until(lambda: shown.evaluate("(img) => img.naturalWidth") == 40, what="the other picture")
    assert scene.value("wb.workflow['3'].image") == "'birds/bird-3.png'"


def test_a_file_that_is_missing_stays_in_red_and_its_nearest_is_found(scene: Scene, artifacts: Path) -> None:
    scene.notebook.python("wb.workflow['3'].image = 'birds/brd-5.png'")
    field = scene.find('[data-vnb-field="3.image"] .vnb-choice')
    scene.notebook.until(lambda: "Locate" in field.inner_text(), what="the way to the nearest")
    assert field.get_attribute("data-fault") is not None
    assert scene.find('[data-vnb-node="3"] img').count() == 0
    field.click()
    first = scene.page.locator('.vnb-editor [role="option"]').first
    assert "bird-5.png" in first.inner_text()
    scene.notebook.shot(artifacts, "file_missing")
    scene.page.keyboard.press("Enter")
    scene.notebook.until(lambda: scene.value("wb.workflow['3'].image") == "'birds/bird-5.png'", what="the file")
