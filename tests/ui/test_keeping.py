"""In a real JupyterLab: what was typed in the cell is there after the cell ran again, the kernel restarted, the tab was closed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.ui.conftest import OpenNotebook, note
from tests.ui.notebook_page import PANEL, NotebookPage
from tests.ui.scene import SETUP, SHOW, Scene, open_scene

SAVED_STATE = 20_000


def restart(notebook: NotebookPage) -> None:
    """Restarts the kernel, as Kernel > Restart does."""
    notebook.page.evaluate(f"async () => {{ await {PANEL}.sessionContext.session.kernel.restart(); }}")
    notebook.wait_idle()


def type_text(scene: Scene, text: str) -> None:
    """Types into the text of node 1, and waits until it is the kernel's."""
    scene.type_into("1.text", text)
    scene.notebook.until(lambda: scene.value("wb.workflow['1'].text") == repr(text), what="the text in the kernel")


def reopened(scene: Scene) -> Scene:
    scene.node("2").wait_for(state="visible", timeout=60_000)
    return scene


def test_what_was_typed_survives_the_cell_run_again_a_restart_and_run_all_and_is_undone_after_each(
    open_notebook: OpenNotebook, artifacts: Path
) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    type_text(scene, "a hen")

    notebook.run(1)
    assert reopened(scene).shown("1.text") == "a hen"
    type_text(scene, "a hare")

    restart(notebook)
    notebook.run_all()
    assert reopened(scene).shown("1.text") == "a hare"
    scene.press("undo")
    notebook.until(lambda: scene.shown("1.text") == "a hen", what="the text before")
    scene.press("redo")
    notebook.until(lambda: scene.shown("1.text") == "a hare", what="the text again")

    notebook.python("wf = vnb.Workflow(wf.document); wf['1'].text = 'a heron'")  # other code, same cell
    notebook.run(1)
    assert reopened(scene).shown("1.text") == "a heron"
    notebook.shot(artifacts, "kept_edits_offered")
    saved = notebook.save()
    state = len(json.dumps(saved["metadata"].get("widgets", {})))
    note(artifacts, **{"widget state in the saved notebook, bytes": state})
    assert state < SAVED_STATE


def test_a_page_reloaded_in_mid_run_shows_the_run_and_loses_nothing(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    scene.notebook.python("wf['2'].steps = 400")
    type_text(scene, "a hen")
    scene.press("run")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    notebook.save()
    notebook.open()
    reopened(scene)
    assert scene.shown("1.text") == "a hen"
    scene.press("stop")
    scene.wait_until_idle()


def test_what_is_typed_while_the_kernel_is_gone_is_made_again_when_the_cell_runs(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    type_text(scene, "a hen")
    restart(notebook)
    scene.type_into("1.text", "a hare")
    notebook.run_all()
    reopened(scene)
    notebook.until(lambda: scene.shown("1.text") == "a hare", what="the text that no kernel knew")
    notebook.until(lambda: scene.value("wb.workflow['1'].text") == repr("a hare"), what="the text in the kernel")
