"""`python -m tests.kernels.measure_pages`: how fast the editor is in each page that it can be shown in, as a Markdown table.

Two views of one workbench in a Chromium, so that what is measured is what a person sees: from the key or the edit to the paint.
What a host has no means for is a dash. Timed in the page; the kernel is on the same machine, and so has the same clock.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.kernels.conftest import NODES, page
from tests.kernels.marimo_server import app, marimo
from tests.kernels.notebook_server import NotebookServer
from tests.ui.conftest import CHROMIUM_OPTIONS, find_chromium
from tests.ui.lab_server import LabServer
from tests.ui.notebook_page import NotebookPage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

EDITS = 40
COLUMNS = (
    "open, ms",
    "edit in one view, painted in the other, ms",
    "edit in Python, painted, ms",
    "Stop of a run in the background, ms",
    "editor's Stop in a blocking run, ms",
    "stop button, ms",
)
# Edits by code once the page asks for them by a file, since a page of marimo has no cells to run.
SETUP = f"""{NODES}
from pathlib import Path as _Path
import json as _json
wb = vnb.Workbench(wf)
def _edit_when_asked(go=_Path("go")):
    while not go.exists():
        time.sleep(0.02)
    made = {{}}
    for step in range({EDITS}):
        wb.workflow["Painter"].steps = 1000 + step
        made[str(1000 + step)] = time.time()
        time.sleep(0.1)
    _Path("made.part").write_text(_json.dumps(made))
    _Path("made.part").rename("made.json")
threading.Thread(target=_edit_when_asked, daemon=True).start()
"""
FIELDS = """const roots = (node) =>
    [...node.querySelectorAll('*')].flatMap((e) => e.shadowRoot ? [e.shadowRoot, ...roots(e.shadowRoot)] : []);
  const field = (i) => [document, ...roots(document)].flatMap((r) => [...r.querySelectorAll('[data-vnb-field="1.steps"] input')])[i];"""
SEEN = f"""() => {{ {FIELDS} window.__seen = {{}};
  const look = () => {{ const shown = field(1).value.replace(/\\D/g, '');
    window.__seen[shown] ??= Date.now() / 1000; requestAnimationFrame(look); }}; look(); }}"""
TYPE = f"""(text) => {{ {FIELDS} const box = field(0); box.focus();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, text);
  box.dispatchEvent(new Event('input', {{bubbles: true}}));
  window.__typed = Date.now() / 1000;
  box.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true}})); return window.__typed; }}"""


@dataclass
class Shown:
    """A workbench in two views on a page. `folder`: where its kernel works; `notebook`: what has cells, if the page does."""

    page: Page
    folder: Path
    opened: float
    notebook: NotebookPage | None = None


@contextmanager
def jupyter(server: LabServer, browser: BrowserContext) -> Iterator[Shown]:
    shown = browser.new_page()
    try:
        server.wait()
        shown.set_viewport_size({"width": 1400, "height": 2600})
        notebook = NotebookPage(server, shown, "measured")
        notebook.write([SETUP, "wb", "wb", "wb.run()"])
        notebook.open()
        notebook.run(0)
        opened = notebook.first_paint(1, ".vnb-node") / 1000
        notebook.run(2)
        yield Shown(shown, server.root, opened, notebook)
    finally:
        shown.close()
        server.stop()


@contextmanager
def in_marimo(folder: Path, browser: BrowserContext) -> Iterator[Shown]:
    with marimo(page("marimo"), app(SETUP, "mo.ui.anywidget(wb)", "wb"), folder) as address:
        shown = browser.new_page()
        shown.set_viewport_size({"width": 1400, "height": 2600})
        started = time.time()
        shown.goto(address)
        shown.locator(".vnb-node").nth(1).wait_for(state="visible", timeout=90_000)
        yield Shown(shown, folder, time.time() - started)
        shown.close()


def figures(shown: Shown) -> list[float | None]:
    """What the columns say, in seconds; medians where there are many."""
    at = shown.page
    at.locator('[data-vnb-field="1.steps"]').nth(1).wait_for(state="visible")
    at.evaluate(SEEN)
    both = []
    for text in range(100, 100 + EDITS):
        typed = at.evaluate(TYPE, str(text))
        at.wait_for_function("(text) => window.__seen[text]", arg=str(text))
        both.append(at.evaluate("(text) => window.__seen[text]", str(text)) - typed)
    at.keyboard.press("Escape")
    (shown.folder / "go").touch()
    made = shown.folder / "made.json"
    until(made.exists)
    at.wait_for_function("(text) => window.__seen[text]", arg=str(999 + EDITS))
    seen = at.evaluate("() => window.__seen")
    by_code = [seen[step] - when for step, when in json.loads(made.read_text()).items() if step in seen]
    at.evaluate(TYPE, "100000")
    at.locator('[data-vnb-action="run"]').first.click()
    stopped = stop(shown, lambda: at.locator('[data-vnb-action="stop"]').first.click(), lambda: True)
    return [shown.opened, median(both), median(by_code), stopped, *of_cells(shown)]


def of_cells(shown: Shown) -> list[float | None]:
    """The columns of runs that a cell waits for."""
    notebook = shown.notebook
    if notebook is None:
        return [None, None]
    took = []
    for selector in ('[data-vnb-action="stop"]', '.jp-Toolbar-item[data-jp-item-name="interrupt"] jp-button'):
        notebook.run(3, wait=False)
        took.append(stop(shown, shown.page.locator(selector).first.click, lambda: notebook.cell_error(3) is not None))
        notebook.wait_idle()
    return list(took)


def stop(shown: Shown, act: Callable[[], object], over: Callable[[], bool]) -> float:
    """Seconds from `act` until the editor offers Run again and `over`."""
    shown.page.locator('[data-vnb-action="stop"]').first.wait_for(state="visible")
    time.sleep(1.0)
    started = time.time()
    act()
    shown.page.locator('[data-vnb-action="run"]').first.wait_for(state="visible")
    until(over)
    return time.time() - started


def until(come: Callable[[], bool], limit: float = 60.0) -> None:
    end = time.time() + limit
    while not come():
        assert time.time() < end, "it never came"
        time.sleep(0.005)


def main() -> int:
    print(f"| page | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=find_chromium(), headless=True, args=CHROMIUM_OPTIONS).new_context()
        for name in ("JupyterLab", "Notebook 7", "marimo"):
            (at := Path(folder) / name.replace(" ", "-")).mkdir()
            if name == "marimo":
                host = in_marimo(at, browser)
            else:
                host = jupyter(LabServer(at) if name == "JupyterLab" else NotebookServer(page("notebook-7"), at), browser)
            with host as shown:
                told = ("–" if value is None else f"{1000 * value:.0f}" for value in figures(shown))
                print(f"| {name} | {' | '.join(told)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
