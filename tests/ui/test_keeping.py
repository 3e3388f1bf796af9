"""In a real JupyterLab: what was typed in the cell is there after the cell ran again, the kernel restarted, the tab was closed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import OpenNotebook, note
from tests.ui.lab_server import LabServer
from tests.ui.notebook_page import PANEL, NotebookPage
from tests.ui.scene import SETUP, SHOW, Scene, open_scene

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

SAVED_STATE = 20_000


def restart(notebook: NotebookPage) -> None:
    """Restarts the kernel, as Kernel > Restart does."""
    notebook.page.evaluate(f"async () => {{ await {PANEL}.sessionContext.session.kernel.restart(); }}")
    notebook.wait_idle()


def type_text(scene: Scene, text: str) -> None:
    """Types into the text of node 1, and waits until it is the kernel's."""
    scene.type_into("1.text", text)
    scene.notebook.until(lambda: scene.value("wb.workflow['1'].text") == repr(text), what="the text in the kernel")


def undo_and_redo(scene: Scene, before: str, after: str) -> None:
    """One step back and forth again: the text of node 1, on the screen and in the kernel."""
    for action, text in (("undo", before), ("redo", after)):
        scene.press(action)
        scene.notebook.until(lambda text=text: scene.shown("1.text") == text, what=f"{text!r} after {action}")
        scene.notebook.until(lambda text=text: scene.value("wb.workflow['1'].text") == repr(text), what=f"{text!r} in the kernel")


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
    undo_and_redo(scene, "a fox", "a hen")
    type_text(scene, "a hare")

    restart(notebook)
    notebook.run_all()
    assert reopened(scene).shown("1.text") == "a hare"
    undo_and_redo(scene, "a hen", "a hare")

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
    scene.notebook.python("wf['2'].steps = 400; wf['2'].pause = 0.5")
    type_text(scene, "a hen")
    scene.press("run")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    notebook.save()
    notebook.open()
    reopened(scene)
    assert scene.shown("1.text") == "a hen"
    scene.press("stop")
    scene.wait_until_idle()
    undo_and_redo(scene, "a fox", "a hen")


def test_a_tab_closed_in_mid_run_is_opened_again_with_the_finished_picture(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    notebook.python("wf['2'].steps = 60; wf['2'].pause = 0.2")
    type_text(scene, "a hen")
    scene.press("run")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    notebook.save()
    context = notebook.page.context
    notebook.page.close()

    again = NotebookPage(notebook.server, context.new_page(), notebook.path.stem)
    try:
        again.open()
        scene = reopened(Scene(again))
        assert scene.shown("1.text") == "a hen"
        scene.wait_for_picture()
        scene.wait_until_idle()
        assert scene.value("wb.last_run.state") == "'done'"
        undo_and_redo(scene, "a fox", "a hen")
        assert again.complaints == []
    finally:
        again.page.close()


def test_a_kernel_killed_in_mid_run_loses_nothing_that_was_typed(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    notebook.python("wf['2'].steps = 400; wf['2'].pause = 0.5")
    type_text(scene, "a hen")
    scene.press("run")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    type_text(scene, "a hare")
    os.kill(int(scene.value("__import__('os').getpid()")), signal.SIGKILL)  # as the system does when memory runs out
    notebook.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    notebook.wait_idle()
    notebook.run_all()
    assert reopened(scene).shown("1.text") == "a hare"
    scene.wait_until_idle()
    undo_and_redo(scene, "a hen", "a hare")
    notebook.python("wb.workflow['2'].steps = 2")
    scene.press("run")
    scene.wait_for_picture()


@pytest.fixture
def second_lab(lab: LabServer, tmp_path: Path) -> Iterator[LabServer]:
    """Another JupyterLab on the same folder."""
    server = LabServer(tmp_path / "second", root=lab.root)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def test_two_kernels_on_one_notebook_keep_their_edits_apart(
    open_notebook: OpenNotebook, second_lab: LabServer, browser: BrowserContext
) -> None:
    notebook = open_notebook([SETUP, SHOW])
    first = open_scene(notebook)
    type_text(first, "a hen")
    notebook.python("wb._keeping.flush()")

    page = browser.new_page()
    other = NotebookPage(second_lab, page, notebook.path.stem)
    try:
        other.open()
        second = open_scene(other)
        second.find('[data-vnb-banner="copy"]').wait_for(state="visible")
        assert second.shown("1.text") == "a hen", "the copy begins with what the first has"
        type_text(second, "a hare")
        assert first.shown("1.text") == "a hen"
        undo_and_redo(second, "a hen", "a hare")
        undo_and_redo(first, "a fox", "a hen")
        other.run(1)
        assert reopened(second).shown("1.text") == "a hare"
        notebook.run(1)
        assert reopened(first).shown("1.text") == "a hen"
        assert other.complaints == []
    finally:
        page.close()


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
