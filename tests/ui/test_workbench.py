"""The workbench in a real notebook: what a person does in it happens, in the cell and in the kernel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import OpenNotebook, notebooks
from tests.ui.lab_server import LabServer
from tests.ui.notebook_page import PANEL
from tests.ui.scene import SETUP, SHOW, Scene, open_scene, open_to_reset

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

EXECUTE_BLOCKING = f"""(code) => {{ window.__blocked = null;
  const future = {PANEL}.sessionContext.session.kernel.requestExecute({{code}});
  future.done.then(() => {{ window.__blocked = 'over'; }}); }}"""
RESET = "wb.stop(); wb.workflow.editor.replace(start); gate.clear()"


@pytest.fixture(scope="module")
def opened(lab: LabServer, browser: BrowserContext) -> Iterator[Scene]:
    for open_notebook in notebooks(lab, browser, "workbench"):
        yield open_to_reset(open_notebook, SETUP)


@pytest.fixture
def scene(opened: Scene) -> Scene:
    """The open workbench with its first document."""
    opened.page.mouse.up()
    opened.notebook.python(RESET)
    opened.page.keyboard.press("Escape")
    opened.wait_until_idle()
    opened.notebook.until(lambda: opened.shown("1.text") == "a fox" and opened.shown("2.seed") == "0", what="the first document")
    return opened


def test_a_prompt_is_typed_run_and_its_picture_appears(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Painter'].steps = 20; wb.workflow['Painter'].pause = 0.1")
    scene.type_into("1.text", "a red panda")
    scene.watch_previews("2")
    scene.press("run")
    scene.wait_for_picture()
    assert scene.previews_seen() >= 5, scene.previews_seen()
    scene.wait_until_idle()
    assert scene.value("wb.workflow['Words'].text") == "'a red panda'"
    assert scene.value("wb.last_run.document.nodes['1'].values['text']") == "'a red panda'"
    color = "(id) => { const i = document.querySelector(`[data-vnb-image='${id}']`); const c = document.createElement('canvas'); "
    color += "c.width = c.height = 9; const g = c.getContext('2d'); g.drawImage(i, 0, 0); return [...g.getImageData(4, 4, 1, 1).data]; }"
    scene.notebook.until(lambda: scene.page.evaluate(color, "2") == [230, 20, 30, 255], what="the picture's pixels")


def test_focus_caret_and_viewport_survive_a_run(scene: Scene) -> None:
    scene.page.keyboard.press("Escape")
    viewport = "() => document.querySelector('.vnb-editor .react-flow__viewport').style.transform"
    caret = "() => [document.activeElement.tagName, document.activeElement.selectionStart]"
    scene.find(".react-flow__pane").click(position={"x": 30, "y": 300})
    scene.find(".react-flow__pane").hover(position={"x": 30, "y": 300})
    scene.page.mouse.wheel(0, -120)
    scene.type_into("1.text", "a fox in snow")
    for _ in range(4):
        scene.page.keyboard.press("ArrowLeft")
    before = scene.page.evaluate(viewport), scene.page.evaluate(caret)
    assert before[1] == ["TEXTAREA", 9]
    scene.page.keyboard.press("Control+Enter")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    scene.page.keyboard.type("deep ")
    scene.wait_for_picture()
    scene.wait_until_idle()
    assert scene.shown("1.text") == "a fox in deep snow"
    assert (scene.page.evaluate(viewport), scene.page.evaluate(caret)) == (before[0], ["TEXTAREA", 14])
    scene.notebook.until(lambda: scene.value("wb.workflow['Words'].text") == "'a fox in deep snow'")
    assert scene.value("wb.last_run.document.nodes['1'].values['text']") == "'a fox in snow'", "a run takes a snapshot"


def test_stop_ends_within_one_step(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Painter'].steps = 100; wb.workflow['Painter'].pause = 0.3")
    scene.press("run")
    scene.notebook.until(lambda: "/ 100" in scene.node("2").inner_text(), what="progress on the node")
    scene.press("stop")
    scene.wait_until_idle()
    assert scene.value("wb.last_run.state") == "'cancelled'"
    events = "[e for e in wb.last_run.events() if type(e).__name__ == 'NodeProgress']"
    assert int(scene.value(f"len({events})")) < 20


def test_undo_and_redo_work_by_button_and_key(scene: Scene) -> None:
    scene.type_into("2.steps", "12")
    scene.page.keyboard.press("Enter")
    scene.notebook.until(lambda: scene.value("wb.workflow['Painter'].steps") == "12")
    scene.press("undo")
    scene.notebook.until(lambda: scene.shown("2.steps") == "8" and scene.value("wb.workflow['Painter'].steps") == "8")
    scene.press("redo")
    scene.notebook.until(lambda: scene.shown("2.steps") == "12")
    scene.find(".react-flow__pane").click(position={"x": 20, "y": 300})
    scene.page.keyboard.press("Control+z")
    scene.notebook.until(lambda: scene.value("wb.workflow['Painter'].steps") == "8")
    assert scene.notebook.page.locator(".jp-Cell").count() == 3, "the notebook's own undo stayed out of it"


def drag(scene: Scene, start: str, end: str) -> None:
    """Drags with the mouse from the middle of one thing to the middle of another, and lets go."""
    hold(scene, start, end)
    scene.page.mouse.up()


def hold(scene: Scene, start: str, end: str) -> None:
    places, before = [scene.find(selector).bounding_box() for selector in (start, end)], None
    while places != before:  # the view may still be moving to where all is seen
        scene.page.wait_for_timeout(120)
        places, before = [scene.find(selector).bounding_box() for selector in (start, end)], places
    (x1, y1), (x2, y2) = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in places if box)
    scene.page.mouse.move(x1, y1)
    scene.page.mouse.down()
    scene.page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2, steps=4)
    scene.page.mouse.move(x2, y2, steps=4)


def test_nodes_are_added_linked_moved_and_deleted(scene: Scene) -> None:
    link = "wb.workflow.document.nodes['2'].links.get('text')"
    scene.press("add")
    scene.page.keyboard.type("Words")
    scene.page.keyboard.press("Enter")
    scene.node("3").wait_for(state="visible")
    scene.notebook.until(lambda: scene.value("'3' in wb.workflow.document.nodes") == "True")
    scene.press("tidy")
    scene.page.wait_for_timeout(400)
    drag(scene, '[data-vnb-node="3"] [data-handleid="out:0"]', '[data-vnb-node="2"] [data-handleid="in:text"]')
    scene.notebook.until(lambda: scene.value(link) == "Link(node='3', slot=0)", what="the link in the document")
    before = scene.value("wb.workflow.document.nodes['3'].position")
    drag(scene, '[data-vnb-node="3"] .vnb-title', '[data-vnb-action="name"]')
    scene.notebook.until(lambda: scene.value("wb.workflow.document.nodes['3'].position") != before, what="the move in the document")
    scene.page.keyboard.press("Delete")
    scene.notebook.until(lambda: scene.value("'3' in wb.workflow.document.nodes") == "False")
    assert scene.value(link) == "None"
    scene.press("undo")
    scene.notebook.until(lambda: scene.value(link) == "Link(node='3', slot=0)", what="node and link to come back")


def test_a_link_that_does_not_fit_is_refused_with_the_reason(scene: Scene) -> None:
    hold(scene, '[data-vnb-node="1"] [data-handleid="out:0"]', '[data-vnb-node="2"] [data-handleid="in:seed"]')
    scene.notebook.until(lambda: "needs INT" in (scene.find(".vnb-refusal").all_inner_texts() or [""])[0], what="the reason")
    scene.page.mouse.up()
    scene.page.wait_for_timeout(300)
    assert scene.value("wb.workflow.document == start") == "True"


def test_a_wrong_value_shows_its_error_on_its_node(scene: Scene) -> None:
    scene.type_into("2.steps", "0")
    scene.page.keyboard.press("Enter")
    scene.find('[data-vnb-field="2.steps"][data-fault]').wait_for(state="visible")
    scene.press("run")
    scene.notebook.until(lambda: "must be 1 or more" in scene.find(".vnb-said").inner_text(), what="why it can't run")
    assert scene.find('[data-vnb-field="1.text"][data-fault]').count() == 0
    scene.press("undo")
    scene.notebook.until(lambda: scene.find('[data-vnb-field="2.steps"][data-fault]').count() == 0)


def test_a_node_that_raises_shows_its_error_and_the_next_run_works(scene: Scene) -> None:
    scene.type_into("1.text", "fail <img src=x onerror=window.__hacked=1>")
    scene.press("run")
    card = scene.find('[data-vnb-error="2"]')
    card.wait_for(state="visible", timeout=30_000)
    assert "fail <img src=x onerror=window.__hacked=1>" in card.inner_text()
    scene.type_into("1.text", "a calm fox")
    scene.press("run")
    scene.wait_for_picture()
    assert scene.page.evaluate("() => window.__hacked") is None


def test_what_python_changes_moves_the_field(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Painter'].seed = 7; wb.workflow['Words'].text = 'from Python'")
    scene.notebook.until(lambda: scene.shown("2.seed") == "7" and scene.shown("1.text") == "from Python")
    scene.press("undo")
    scene.notebook.until(lambda: scene.value("wb.workflow['Words'].text") == "'a fox'")


def test_a_run_from_a_cell_shows_in_the_editor_and_stop_ends_it(scene: Scene) -> None:
    notebook = scene.notebook
    notebook.python("wb.workflow['Painter'].steps = 400; wb.workflow['Painter'].pause = 0.1")
    notebook.page.evaluate(EXECUTE_BLOCKING, "try:\n    wb.run()\nexcept vnb.Interrupted:\n    stopped = True")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    notebook.until(lambda: "/ 400" in scene.node("2").inner_text(), what="progress on the node")
    assert notebook.page.evaluate("() => window.__blocked") is None
    scene.press("stop")
    notebook.until(lambda: notebook.page.evaluate("() => window.__blocked") == "over", limit=10, what="the cell to end")
    assert scene.value("stopped") == "True"


def test_the_notebooks_own_stop_button_ends_a_run_from_a_cell(scene: Scene) -> None:
    notebook = scene.notebook
    notebook.python("wb.workflow['Painter'].steps = 400; wb.workflow['Painter'].pause = 0.1")
    notebook.page.evaluate(EXECUTE_BLOCKING, "try:\n    wb.run()\nexcept KeyboardInterrupt:\n    interrupted = wb.last_run.state")
    notebook.until(lambda: "/ 400" in scene.node("2").inner_text(), what="progress on the node")
    notebook.page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:interrupt-kernel'); }")
    notebook.until(lambda: notebook.page.evaluate("() => window.__blocked") == "over", limit=10, what="the cell to end")
    assert scene.value("interrupted") == "'cancelled'"


def test_a_second_view_stays_in_step_and_outlives_the_first(scene: Scene) -> None:
    notebook = scene.notebook
    views = notebook.page.locator(".vnb-editor")
    notebook.page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:insert-cell-below'); }")
    notebook.page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:move-cell-down'); }")
    index = int(notebook.page.evaluate(f"() => {PANEL}.content.activeCellIndex"))
    notebook.page.evaluate(f"(i) => {PANEL}.content.widgets[i].model.sharedModel.setSource('wb')", index)
    notebook.run(index)
    notebook.until(lambda: views.count() == 2, what="two views")
    second = views.nth(1).locator('[data-vnb-field="2.steps"] input')
    second.wait_for(state="visible")
    scene.type_into("2.steps", "33")
    scene.page.keyboard.press("Enter")
    notebook.until(lambda: second.input_value() == "33", what="the edit in the other view")
    first = views.nth(0).element_handle()
    notebook.page.evaluate(f"() => {PANEL}.content.widgets[1].outputArea.model.clear()")
    notebook.until(lambda: not first or not first.is_visible(), what="the first view to go")
    views.first.locator('[data-vnb-field="2.steps"] .vnb-field').click()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.type("44")
    notebook.page.keyboard.press("Enter")
    notebook.until(lambda: scene.value("wb.workflow['Painter'].steps") == "44")


def test_restart_and_run_all_wakes_a_new_editor(opened: Scene) -> None:
    notebook = opened.notebook
    notebook.page.evaluate(f"async () => {{ await {PANEL}.sessionContext.session.kernel.restart(); }}")
    notebook.wait_idle()
    notebook.run_all()
    opened.node("2").wait_for(state="visible")
    notebook.until(lambda: opened.shown("1.text") == "a fox", what="the first document")
    opened.type_into("1.text", "after the restart")
    notebook.until(lambda: opened.value("wb.workflow['Words'].text") == "'after the restart'")


def test_hostile_text_is_shown_and_never_executed(open_notebook: OpenNotebook, artifacts: Path) -> None:
    hostile = "<img src=x onerror=window.__hacked=1><script>window.__hacked=2</script>\"'></div>"
    names = f"""
hostile = {hostile!r}
source.text = hostile
wf.editor.apply(vnb.engine.Batch((vnb.engine.SetTitle("1", hostile), vnb.engine.SetTitle("2", hostile), vnb.engine.Rename(hostile))))
wf["Painter"].steps = 0
"""
    notebook = open_notebook([SETUP + names, SHOW])
    scene = open_scene(notebook)
    scene.press("run")
    scene.find(".vnb-said").wait_for(state="visible")
    notebook.python("wf['Painter'].steps = 2; wf['Words'].text = 'fail ' + hostile")
    scene.press("run")
    scene.find('[data-vnb-error="2"]').wait_for(state="visible", timeout=30_000)
    notebook.until(lambda: "<img" in notebook.save()["cells"][1]["outputs"][-1]["data"]["text/html"][0][:60], what="the still picture")
    notebook.page.add_style_tag(content="div.vnb-still[data-vnb-still] { display: block !important; }")
    notebook.page.wait_for_timeout(300)
    notebook.page.locator(".vnb-editor").scroll_into_view_if_needed()
    notebook.shot(artifacts, "hostile")
    assert notebook.page.evaluate("() => window.__hacked") is None
    assert notebook.page.locator(".vnb-editor img[src='x'], .vnb-still img[src='x']").count() == 0
    assert json.dumps(hostile)[1:20] not in "".join(notebook.save()["cells"][1]["outputs"][-1]["data"]["text/html"])
