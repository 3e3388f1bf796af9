"""`wb.panel` in a real notebook: ipywidgets beside the editor, both in step."""

from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import OpenNotebook
from tests.ui.scene import SETUP, SHOW, open_scene

BESIDE = "import ipywidgets\nipywidgets.HBox([wb.panel, ipywidgets.HTML('<b>my own widget</b>')])"


def test_the_panels_widgets_and_the_editor_show_the_same_and_either_runs_it(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, SHOW, BESIDE], height=1400)
    scene = open_scene(notebook)
    notebook.run(2)
    panel = notebook.page.locator(".jp-Cell:nth-child(3) .jp-OutputArea-output .widget-vbox").first
    prompt = panel.locator("textarea")
    prompt.fill("a red panda")
    prompt.blur()
    notebook.until(lambda: scene.shown("1.text") == "a red panda", what="the editor to show what was typed in the panel")
    scene.type_into("1.text", "a blue fox")
    scene.page.keyboard.press("Tab")
    notebook.until(lambda: prompt.input_value() == "a blue fox", what="the panel to show what was typed in the editor")
    panel.get_by_role("button", name="Run").click()
    panel.locator("img").wait_for(state="visible")
    scene.wait_for_picture()
    notebook.until(lambda: "Done in" in panel.inner_text(), what="the panel to say how long it took")
    notebook.shot(artifacts, "panel-widgets")
    assert scene.value("wb.last_run.document.nodes['1'].values['text']") == "'a blue fox'"
