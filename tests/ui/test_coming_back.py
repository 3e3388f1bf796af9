"""A kernel that is gone, a tab that was closed, a workbench that is opened again: what a person sees, and what wakes it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.ui.conftest import OpenNotebook
from tests.ui.notebook_page import PANEL, NotebookPage
from tests.ui.scene import SETUP, SHOW, Scene, open_scene

PANEL_SHOW = 'wb = vnb.Workbench(wf, view="panel")\nwb'
LOST = '[data-vnb-banner="lost"]'
WAKE = "button:has-text('Run cell')"


def restart(notebook: NotebookPage) -> None:
    """Restarts the kernel, as Kernel > Restart does."""
    notebook.page.evaluate(f"async () => {{ await {PANEL}.sessionContext.session.kernel.restart(); }}")
    notebook.wait_idle()


def open_panel(notebook: NotebookPage) -> Scene:
    """Runs the cells of a notebook whose workbench opens with its panel."""
    notebook.run(0)
    notebook.run(1)
    scene = Scene(notebook)
    scene.field("1.text").wait_for(state="visible", timeout=60_000)
    return scene


def type_text(scene: Scene, text: str) -> None:
    """Types into the text of node 1, and waits until it is the kernel's."""
    scene.type_into("1.text", text)
    scene.notebook.until(lambda: scene.value("wb.workflow['1'].text") == repr(text), what="the text in the kernel")


def test_the_editor_says_that_the_kernel_was_restarted_and_runs_its_cell(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, PANEL_SHOW])
    scene = open_panel(notebook)
    type_text(scene, "a hen")
    restart(notebook)
    banner = scene.find(LOST)
    banner.wait_for(state="visible")
    assert "Kernel was restarted. Graph and pictures are kept; running needs the cell once more." in banner.inner_text()
    assert scene.find('[data-vnb-action="run"]').get_attribute("aria-disabled") == "true"
    notebook.shot(artifacts, "kernel_restarted")
    notebook.run(0)
    scene.press("run-cell")
    banner.wait_for(state="detached", timeout=60_000)
    scene.field("1.text").wait_for(state="visible")
    notebook.until(lambda: scene.shown("1.text") == "a hen", what="the text")
    scene.press("run")
    scene.find("[data-vnb-panel-image]").wait_for(state="visible", timeout=60_000)


def test_a_notebook_without_its_kernel_is_woken_by_a_button(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, PANEL_SHOW])
    scene = open_panel(notebook)
    type_text(scene, "a hen")
    notebook.python("wb._keeping.flush()")
    notebook.save()
    notebook.server.stop_kernels({notebook.path.name})
    notebook.open()
    button = notebook.page.locator(WAKE)
    button.wait_for(state="visible", timeout=30_000)
    notebook.shot(artifacts, "without_kernel")
    notebook.run(0)
    button.click()
    scene.field("1.text").wait_for(state="visible", timeout=60_000)
    notebook.until(lambda: scene.shown("1.text") == "a hen", what="the text")


def test_what_was_typed_without_a_kernel_is_offered_after_the_tab_was_closed(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    type_text(scene, "a hen")
    notebook.python("wb._keeping.flush()")
    restart(notebook)
    scene.find(LOST).wait_for(state="visible")
    scene.type_into("1.text", "a hare")
    notebook.open()  # the tab goes, and another comes
    notebook.forgive("widget model not found")  # JupyterLab itself, of the output of a kernel that is gone
    open_scene(notebook)
    banner = scene.find('[data-vnb-banner="restorable"]')
    banner.wait_for(state="visible")
    assert re.search(r"Made while no kernel answered.* 1 edit \(", banner.inner_text(), re.S)
    notebook.shot(artifacts, "left_behind")
    assert scene.shown("1.text") == "a hen"
    scene.press("restore")
    notebook.until(lambda: scene.value("wb.workflow['1'].text") == repr("a hare"), what="the text in the kernel")
    banner.wait_for(state="detached")
    notebook.run(1)
    scene.node("2").wait_for(state="visible")
    assert scene.find('[data-vnb-banner="restorable"]').count() == 0, "what was taken is not offered again"


def test_the_side_that_someone_turned_to_is_there_after_the_cell_ran_again_and_the_page_was_reloaded(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, PANEL_SHOW])
    scene = open_panel(notebook)
    scene.press("mode-graph")
    scene.node("2").wait_for(state="visible")
    notebook.run(1)
    scene.node("2").wait_for(state="visible", timeout=30_000)
    notebook.save()
    notebook.open()
    scene.node("2").wait_for(state="visible", timeout=30_000)
    scene.press("mode-panel")
    scene.find("[data-vnb-panel]").wait_for(state="visible")
    restart(notebook)
    notebook.run_all()
    scene.find("[data-vnb-panel]").wait_for(state="visible", timeout=30_000)


def test_the_last_picture_is_there_in_a_new_kernel_with_its_settings(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, PANEL_SHOW])
    scene = open_panel(notebook)
    type_text(scene, "a heron")
    scene.press("run")
    scene.find('[data-vnb-shown="result"] [data-vnb-panel-image]').wait_for(state="visible", timeout=60_000)
    scene.wait_until_idle()
    notebook.until(lambda: scene.value("len(wb._history._runs)") == "1", what="the run in the history")
    restart(notebook)
    notebook.run_all()
    scene.find('[data-vnb-shown="past"] [data-vnb-panel-image]').wait_for(state="visible", timeout=60_000)
    assert "a heron" in scene.find(".vnb-beside").inner_text()
    notebook.shot(artifacts, "last_picture")


def test_two_panels_of_one_workbench_stay_in_step_and_the_first_closed_leaves_the_second(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, PANEL_SHOW, "wb"])
    open_panel(notebook)
    notebook.run(2)
    page = notebook.page
    views = page.locator(".vnb-editor")
    first, second = views.nth(0), views.nth(1)
    text = '[data-vnb-field="1.text"] textarea'
    second.locator(text).wait_for(state="visible")
    first.locator(text).fill("a hen")
    notebook.until(lambda: second.locator(text).input_value() == "a hen", what="the text in the second view")
    second.locator('[data-vnb-action="mode-graph"]').click()
    second.locator('[data-vnb-node="2"]').wait_for(state="visible")
    assert first.locator("[data-vnb-panel]").count() == 1, "each view turns by itself"
    second.locator('[data-vnb-action="mode-panel"]').click()
    first.locator('[data-vnb-action="run"]').click()
    for view in (first, second):
        view.locator('[data-vnb-shown="result"] [data-vnb-panel-image]').wait_for(state="visible", timeout=60_000)

    page.evaluate(f"() => {{ const cell = {PANEL}.content.widgets[1]; cell.outputArea.model.clear(); }}")
    page.wait_for_function("() => document.querySelectorAll('.vnb-editor').length === 1")
    left = views.nth(0)
    left.locator(text).fill("a hare")
    notebook.until(lambda: Scene(notebook).value("wb.workflow['1'].text") == repr("a hare"), what="the text in the kernel")
    runs = notebook.python("print(wb.last_run.id, end='')")
    left.locator('[data-vnb-action="run"]').click()
    notebook.until(
        lambda: notebook.python("print(wb.last_run.id, wb.last_run.done, end='')") not in (f"{runs} True", f"{runs} False"), what="a run"
    )
    notebook.until(lambda: notebook.python("print(wb.last_run.done, end='')") == "True", what="its end")
