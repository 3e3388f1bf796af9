"""The last steps, by what is on the screen alone: a notebook given away, a saved picture dropped, a link made by hand."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.conftest import OpenNotebook
from tests.ui.lab_server import LabServer
from tests.ui.notebook_page import NotebookPage
from tests.ui.scene import SETUP, SHOW, Scene, open_scene

TWO_TEXTS = '''
@vnb.node("Both", category="scene")
def both(wanted: str = "", avoid: str = "") -> str:
    """Takes two texts."""
    return wanted + avoid

wf = vnb.Workflow()
wf.add("Words")
wf.add("Both")
wf.editor.apply(vnb.engine.MoveNodes({"1": (0.0, 0.0), "2": (320.0, 0.0)}))
wb = vnb.Workbench(wf)
wb
'''
DROP = """([selector, name, data]) => { const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File([bytes], name, {type: 'image/png'}));
  const target = document.querySelector(selector); const at = target.getBoundingClientRect();
  for (const kind of ['dragenter', 'dragover', 'drop'])
    target.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true,
      clientX: at.x + 200, clientY: at.y + 300})); }"""


def saved_with(scene: Scene, text: str) -> Path:
    """The notebook's file, once the still picture in it carries this text."""
    notebook = scene.notebook

    def carries() -> bool:
        notebook.save()
        return text in scene.value("wb._keeping.carried()") and "data-vnb-still" in notebook.path.read_text()

    notebook.until(carries, what="the still picture")
    notebook.page.wait_for_timeout(2500)  # the picture follows when the hands rest
    notebook.save()
    return notebook.path


@pytest.fixture
def another_machine(lab: LabServer, tmp_path: Path) -> Iterator[LabServer]:
    """A JupyterLab with folders of its own."""
    server = LabServer(tmp_path / "another")
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def test_a_notebook_given_away_alone_shows_its_picture_and_after_run_the_same_workflow(
    open_notebook: OpenNotebook, another_machine: LabServer, artifacts: Path
) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    scene.type_into("1.text", "a heron")
    notebook.page.keyboard.press("Escape")
    scene.press("run")
    scene.wait_for_picture()
    scene.wait_until_idle()
    file = saved_with(scene, "a heron")

    (another_machine.root / "given.ipynb").write_bytes(file.read_bytes())
    other = NotebookPage(another_machine, notebook.page.context.new_page(), "given")
    try:
        other.open(kernel=False)
        still = other.page.locator(".vnb-still img")
        still.wait_for(state="visible")
        still.scroll_into_view_if_needed()
        other.shot(artifacts, "given_away")
        other.wait_idle()
        given = open_scene(other)
        other.until(lambda: given.shown("1.text") == "a heron", what="the text that came along")
        banner = given.find('[data-vnb-banner="copy"]')
        assert (
            "The workflow came along in the notebook's file. Earlier runs and added files stayed where it was made." in banner.inner_text()
        )
        other.shot(artifacts, "given_away_run")
        banner.get_by_role("button").click()
        given.press("undo")
        other.until(lambda: given.shown("1.text") == "a fox", what="one step back")
        given.press("redo")
        given.press("run")
        given.wait_for_picture()
        other.forgive("widget model not found")  # JupyterLab itself, of the first kernel's output
        assert other.complaints == []
    finally:
        other.page.close()


def test_a_saved_picture_dropped_onto_another_workbench_opens_as_it_was_made(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook(["import virgil_nb as vnb\nwb = vnb.Workbench()\nwb", "other = vnb.Workbench(vnb.Workflow())\nother"])
    notebook.run(0)
    scene = Scene(notebook, 0)
    prompt = scene.find("[data-vnb-panel] textarea")
    prompt.wait_for(state="visible", timeout=60_000)
    prompt.fill("a red panda")
    notebook.until(lambda: "a red panda" in scene.value("wb.workflow.to_python()"), what="the prompt in the kernel")
    scene.press("run")
    scene.find('[data-vnb-shown="result"] [data-vnb-panel-image]').wait_for(state="visible", timeout=120_000)
    scene.wait_until_idle()
    with notebook.page.expect_download() as download:
        scene.press("save-picture")
    picture = Path(download.value.path()).read_bytes()
    notebook.run(1)
    second = notebook.page.locator(".vnb-editor").nth(1)
    second.wait_for(state="visible")
    second.evaluate("(root) => { root.id = 'second'; }")
    notebook.page.evaluate(DROP, ["#second", "saved.png", base64.b64encode(picture).decode()])
    second.locator("[data-vnb-node]").first.wait_for(state="visible", timeout=30_000)
    assert scene.value("other.workflow.document.nodes == wb.last_run.document.nodes") == "True"
    notebook.until(lambda: "saved.png is open" in second.locator("[data-vnb-run-status]").inner_text(), what="what was done")
    notebook.shot(artifacts, "dropped_picture", second)


def test_a_beginner_joins_two_nodes_with_the_mouse_sees_what_fits_and_why_not(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, "wf = vnb.Workflow(wf.document)\nwf['2'].text = None\nwb = vnb.Workbench(wf)\nwb"])
    scene = open_scene(notebook)
    page = notebook.page
    assert scene.find("[data-vnb-link]").count() == 0
    scene.find(".vnb-canvas").scroll_into_view_if_needed()
    page.locator(".vnb-editor").first.evaluate("(root) => root.scrollIntoView({block: 'end'})")
    begin, wrong, right = ('[data-vnb-socket="1.out:0"]', '[data-vnb-field="2.steps"]', '[data-vnb-field="2.text"]')

    def drag(target: str) -> None:
        """From the socket to the middle of a row: who does not know sockets aims at the words."""
        page.mouse.move(*centre(scene.find(begin)))
        page.mouse.down()
        page.mouse.move(*centre(scene.find(target)), steps=8)
        notebook.shot(artifacts, f"link_by_hand_{'wrong' if target == wrong else 'right'}", page.locator(".vnb-editor").first)
        page.mouse.up()

    drag(wrong)
    notebook.until(lambda: "needs INT, this is STRING" in scene.find(".vnb-refusal").inner_text(), what="why not")
    assert scene.find("[data-vnb-link]").count() == 0, "nor is it put anywhere else"
    drag(right)
    notebook.until(lambda: scene.value("[*wb.workflow.document.nodes['2'].links]") == "['text']", what="the link")
    scene.find("[data-vnb-link]").wait_for(state="attached")
    scene.press("run")
    scene.wait_for_picture()


def test_a_link_dropped_on_a_row_goes_to_that_row_and_not_to_the_first_that_fits(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, TWO_TEXTS])
    scene = open_scene(notebook)
    notebook.page.locator(".vnb-editor").first.evaluate("(root) => root.scrollIntoView({block: 'end'})")
    notebook.page.mouse.move(*centre(scene.find('[data-vnb-socket="1.out:0"]')))
    notebook.page.mouse.down()
    notebook.page.mouse.move(*centre(scene.find('[data-vnb-field="2.avoid"]')), steps=8)
    notebook.page.mouse.up()
    notebook.until(lambda: scene.value("[*wb.workflow.document.nodes['2'].links]") == "['avoid']", what="the link")


def centre(thing: object) -> tuple[float, float]:
    box = thing.bounding_box()  # type: ignore[attr-defined]
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
