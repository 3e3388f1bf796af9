"""A real JupyterLab and a real Chromium for the tests of this folder: one of each, a fresh page and kernel per notebook."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.lab_server import LabServer
from tests.ui.notebook_page import NotebookPage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
CHROMIUM_OPTIONS += ["--disable-renderer-backgrounding", "--disable-background-timer-throttling"]
BUNDLE = Path(__file__).resolve().parents[2] / "virgil_nb" / "widget" / "static" / "widget.js"
OpenNotebook = Callable[..., NotebookPage]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser fail now and then on a machine that has no time for it: they are tried once more, and pytest says which (R)."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.ui)
            item.add_marker(pytest.mark.flaky(reruns=1))


def missing(what: str) -> None:
    """Skips where something is not installed; on the build server that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} (CI is set, so this fails)", pytrace=False)
    pytest.skip(what)


def find_chromium() -> str | None:
    """Path of a Chromium: VIRGIL_CHROMIUM, else one that the system has."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return os.environ.get("VIRGIL_CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[BrowserContext]:
    for module in ("playwright", "jupyterlab"):
        if find_spec(module) is None:
            missing(f"{module} is not installed: pip install -e '.[dev]'")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = find_chromium()
        if path is None and not Path(driver.chromium.executable_path).exists():
            missing("No Chromium found: install one, or name it in VIRGIL_CHROMIUM.")
        started = driver.chromium.launch(executable_path=path, headless=True, args=CHROMIUM_OPTIONS)
        yield started.new_context()  # one for all pages, so that JupyterLab's own scripts come from the browser's cache
        started.close()


@pytest.fixture(scope="package")
def lab(browser: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    if not BUNDLE.exists():
        missing("The editor is not built: make js.")
    server = LabServer(tmp_path_factory.mktemp("lab"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots are left to be looked at."""
    folder = Path(os.environ.get("VIRGIL_UI_ARTIFACTS") or Path(__file__).parent / "artifacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def note(artifacts: Path, **figures: object) -> None:
    """Leaves measured figures beside the screenshots."""
    path = artifacts / "figures.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, **figures}, indent=1))


def notebooks(lab: LabServer, browser: BrowserContext, name: str) -> Iterator[OpenNotebook]:
    """Opens notebooks, each in its own page; afterwards closes pages and kernels, and fails if a page complained."""
    opened: list[NotebookPage] = []

    def open_notebook(
        cells: list[str], *, theme: str = "light", width: int = 1400, height: int = 1000, kernel: bool = True
    ) -> NotebookPage:
        lab.set("@jupyterlab/apputils-extension/themes", {"theme": f"JupyterLab {theme.capitalize()}"})
        page = browser.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_default_timeout(15_000)
        notebook = NotebookPage(lab, page, f"{name}-{len(opened)}")
        opened.append(notebook)
        notebook.write(cells)
        notebook.open(kernel=kernel)
        return notebook

    yield open_notebook
    complaints = [complaint for notebook in opened for complaint in notebook.complaints]
    for notebook in opened:
        notebook.page.close()
    lab.stop_kernels({notebook.path.name for notebook in opened})
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def open_notebook(lab: LabServer, browser: BrowserContext, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    yield from notebooks(lab, browser, request.node.name.split("[")[0])
