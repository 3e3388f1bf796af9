"""The workbench in Notebook 7, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernels.conftest import page
from tests.kernels.notebook_server import NotebookServer
from tests.ui.conftest import OpenNotebook, notebooks
from tests.ui.notebook_page import PANEL
from tests.ui.scene import SETUP, SHOW, Scene


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookServer]:
    started = NotebookServer(page("notebook-7"), tmp_path_factory.mktemp("notebook-7"))
    try:
        started.wait()
        yield started
    finally:
        started.stop()


@pytest.fixture
def open_notebook(server: NotebookServer, browser: object, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    yield from notebooks(server, browser, request.node.name)  # type: ignore[arg-type]


# Notebook 7.6 itself says this while it loads its settings.
NOISE = r"reading 'schema'\)\s+at \S+/static/notebook/notebook_core"
STOP_BUTTON = '.jp-Toolbar-item[data-jp-item-name="interrupt"] jp-button'


@pytest.mark.ui
def test_notebook_7_opens_edits_runs_and_stops(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, SHOW, "wb.run()"])
    notebook.run(0)
    notebook.run(1)
    scene = Scene(notebook)
    scene.node("2").wait_for(state="visible")

    scene.type_into("1.text", "an owl in Notebook 7")
    notebook.page.keyboard.press("Control+Enter")
    scene.wait_for_picture()
    scene.wait_until_idle()
    assert scene.value("wb.workflow['Words'].text") == "'an owl in Notebook 7'"
    notebook.shot(artifacts, "notebook-7")

    scene.value("setattr(wb.workflow['Painter'], 'steps', 500)")
    notebook.run(2, wait=False)
    scene.find('[data-vnb-action="stop"]').click()
    notebook.until(lambda: notebook.cell_error(2), what="the cell to end")
    assert str(notebook.cell_error(2)).startswith("Interrupted")

    notebook.wait_idle()
    notebook.run(2, wait=False)
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    notebook.page.locator(STOP_BUTTON).click()
    notebook.until(lambda: str(notebook.cell_error(2)).startswith("KeyboardInterrupt"), what="the cell to end")
    scene.wait_until_idle()
    notebook.forgive(NOISE)


@pytest.mark.ui
def test_notebook_7_runs_the_cell_from_the_editor_after_a_restart(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, SHOW])
    notebook.run(0)
    notebook.run(1)
    scene = Scene(notebook)
    scene.node("2").wait_for(state="visible")
    scene.type_into("1.text", "an owl")
    notebook.until(lambda: scene.value("wb.workflow['1'].text") == "'an owl'", what="the text in the kernel")
    notebook.page.evaluate(f"async () => {{ await {PANEL}.sessionContext.session.kernel.restart(); }}")
    notebook.wait_idle()
    banner = scene.find('[data-vnb-banner="lost"]')
    banner.wait_for(state="visible")
    notebook.shot(artifacts, "notebook-7-restarted")
    notebook.run(0)
    scene.press("run-cell")
    banner.wait_for(state="detached", timeout=60_000)
    scene.node("2").wait_for(state="visible")
    notebook.until(lambda: scene.shown("1.text") == "an owl", what="the text")
    scene.press("run")
    scene.wait_for_picture()

    notebook.save()
    notebook.server.stop_kernels({notebook.path.name})
    notebook.open()  # another kernel, which knows nothing of the editor
    wake = notebook.page.locator("button:has-text('Run cell')")
    wake.wait_for(state="visible", timeout=30_000)
    notebook.run(0)
    wake.click()
    scene.node("2").wait_for(state="visible", timeout=60_000)
    assert scene.shown("1.text") == "an owl"
    notebook.forgive(NOISE)
