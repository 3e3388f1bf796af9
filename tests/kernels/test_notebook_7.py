"""The workbench in Notebook 7, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernels.conftest import page
from tests.kernels.notebook_server import NotebookServer
from tests.ui.conftest import OpenNotebook, notebooks
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


@pytest.mark.ui
def test_notebook_7_opens_edits_runs_and_stops(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook([SETUP, SHOW, "wb.run()"])
    notebook.complaints.clear()  # Notebook 7.6 itself has some while it loads its settings
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
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    notebook.until(lambda: str(notebook.cell_error(2)).startswith("KeyboardInterrupt"), what="the cell to end")
    scene.wait_until_idle()
