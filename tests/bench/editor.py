"""`python -m tests.bench.editor`: how fast the editor is in a real JupyterLab and a headless Chromium, as a Markdown table.

    paint of the first workflow, of 1,000 nodes │ frames while 1,000 nodes are panned │ the page while 1,000 nodes run
    an edit in the kernel until it stands in the page │ a preview from when it is made until it is drawn

Kernel and page are on one machine and read one clock. Software raster: frame rates are a floor. Whatever else runs here slows it down,
so the table says the machine's load, too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from ast import literal_eval
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.ui.conftest import CHROMIUM_OPTIONS, find_chromium
from tests.ui.lab_server import LabServer
from tests.ui.notebook_page import NotebookPage

EDITS = 60
FRAMES = 50
PAN_SECONDS = 4.0

DEFAULT = ["import virgil_nb as vnb", "wb = vnb.Workbench()\nwb", "wb = vnb.Workbench(vnb.Workflow.template('text-to-image'))\nwb"]

THOUSAND = """
import virgil_nb as vnb
from virgil_nb.engine import Document, Link, Node

@vnb.node("Add", category="bench", output=True)
def add(x: int = 0, step: int = 1, name: str = "a node of many", scale: float = 1.0) -> int:
    return x + step

def place(i):
    return ((i // 25) * 300.0, (i % 25) * 240.0)

wf = vnb.Workflow(Document.of(*(
    Node(str(i), "Add", {"step": i}, {"x": Link(str(i - 1), 0)} if i else {}, position=place(i)) for i in range(1000)
)))
"""

LATENCIES = """
import time
import virgil_nb as vnb
from PIL import Image
from virgil_nb.engine import NodeReturn, current

made = {}

@vnb.node("Painter", category="bench", output=True, cache=False)
def painter(text: str = "", frames: int = 50) -> NodeReturn:
    def paint(step):
        made[step] = time.time()
        return Image.new("RGB", (512, 512), (4 * step + 2, 40, 200))
    for step in range(frames):
        current().preview(lambda step=step: paint(step), step + 1)
        time.sleep(0.12)
    return NodeReturn(ui={"images": [Image.new("RGB", (512, 512), (230, 20, 30))]})

wf = vnb.Workflow()
wf.add("Painter")
"""

EDIT_FROM_PYTHON = f"""
for step in range({EDITS}):
    made[step] = time.time()
    wb.workflow["Painter"].text = f"edit {{step}}"
    time.sleep(0.06)
"""

# what the page notes by itself: the time between frames, and when a field or a preview has changed
WATCH_FRAMES = """() => { const gaps = window.__gaps = []; let last = performance.now();
  const look = (now) => { if (window.__gaps !== gaps) return; gaps.push(now - last); last = now; requestAnimationFrame(look); };
  requestAnimationFrame(look); }"""
WATCH_FIELD = """(selector) => { const seen = window.__seen = {};
  const look = () => { if (window.__seen !== seen) return; const field = document.querySelector(selector);
    if (field) seen[field.value ?? field.textContent] ??= Date.now(); requestAnimationFrame(look); };
  look(); }"""
WATCH_PREVIEW = """(selector) => { const seen = window.__seen = {};
  const look = () => { if (window.__seen !== seen) return; const canvas = document.querySelector(selector);
    if (canvas && canvas.width > 1) {
      const red = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0];
      seen[Math.round((red - 2) / 4)] ??= Date.now(); }
    requestAnimationFrame(look); };
  look(); }"""


@contextmanager
def jupyterlab() -> Iterator[Callable[[str, list[str]], NotebookPage]]:
    """Opens notebooks of these cells, each in a page and kernel of its own. Kernels find the bytecode of what they import, as installed
    packages have it."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        os.environ["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
        server = LabServer(Path(folder))
        browser = driver.chromium.launch(executable_path=find_chromium(), headless=True, args=CHROMIUM_OPTIONS)
        try:
            server.wait()
            context = browser.new_context(viewport={"width": 1400, "height": 1000})
            yield lambda name, cells: _open(server, context, name, cells)
        finally:
            browser.close()
            server.stop()


def _open(server: LabServer, context: BrowserContext, name: str, cells: list[str]) -> NotebookPage:
    page = context.new_page()
    page.set_default_timeout(120_000)
    notebook = NotebookPage(server, page, name)
    notebook.write(cells)
    notebook.open()
    notebook.run(0)
    return notebook


def paints(open_notebook: Callable[[str, list[str]], NotebookPage]) -> Iterator[tuple[str, str]]:
    """From the cell's run to the first frame with the editor in it; the first of a page fetches the editor."""
    notebook = open_notebook("before", DEFAULT)  # writes the bytecode, has the browser know JupyterLab
    notebook.first_paint(1, "[data-vnb-panel]")
    notebook.page.close()
    notebook = open_notebook("default", DEFAULT)
    yield "first paint, bare `Workbench()`", f"{notebook.first_paint(1, '[data-vnb-panel]'):.0f} ms"
    notebook.wait_idle()
    yield "torch loaded by then", notebook.python("import sys; print('torch' in sys.modules, end='')")
    notebook.page.close()
    notebook = open_notebook("graph", DEFAULT)
    yield "first paint, text to image as a graph", f"{notebook.first_paint(2, '[data-vnb-node]'):.0f} ms"
    notebook.page.close()


def thousand(open_notebook: Callable[[str, list[str]], NotebookPage]) -> Iterator[tuple[str, str]]:
    """1,000 nodes: paint, pan at 100 %, and what the page feels of a run."""
    notebook = open_notebook("thousand", [THOUSAND, "wb = vnb.Workbench(wf)\nwb"])
    page = notebook.page
    yield "paint of 1,000 nodes", f"{notebook.first_paint(1, '[data-vnb-node]'):.0f} ms"
    page.locator(".react-flow__pane").click(position={"x": 300, "y": 300})
    page.locator('[data-vnb-action="zoom-100"]').click()
    page.wait_for_timeout(1000)
    gaps = pan(page)
    yield "pan at 100 %", f"{1000 * len(gaps) / sum(gaps):.0f} frames a second, p95 {percentile(gaps, 95):.0f} ms"
    notebook.python("run = wb.start()")
    page.evaluate(WATCH_FRAMES)
    page.locator('[data-vnb-node][data-vnb-state="done"]').first.wait_for(state="visible")
    notebook.python("run.result()")
    page.wait_for_timeout(1500)
    gaps = page.evaluate("() => window.__gaps")
    yield "run of 1,000 trivial nodes: the page's longest wait", f"{max(gaps):.0f} ms"
    page.close()


def pan(page: Page) -> list[float]:
    """Milliseconds between frames while the canvas is dragged to and fro."""
    box = page.locator(".react-flow__pane").bounding_box() or {}
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH_FRAMES)
    started = page.evaluate("() => performance.now()")
    step = 0
    while page.evaluate("() => performance.now()") < started + 1000 * PAN_SECONDS:
        step += 1
        page.mouse.move(x + 300 * (1 - abs(step % 80 - 40) / 20), y + (step % 40))
    gaps = page.evaluate("() => { const gaps = window.__gaps; window.__gaps = null; return gaps; }")
    page.mouse.up()
    return [float(gap) for gap in gaps[2:]]


def latencies(open_notebook: Callable[[str, list[str]], NotebookPage]) -> Iterator[tuple[str, str]]:
    """An edit in the kernel until the page shows it; a preview from when it is painted until it is drawn."""
    notebook = open_notebook("latencies", [LATENCIES, "wb = vnb.Workbench(wf)\nwb"])
    notebook.first_paint(1, '[data-vnb-node="1"]')
    notebook.wait_idle()
    notebook.page.evaluate(WATCH_FIELD, '[data-vnb-field="1.text"] :is(input, textarea)')
    notebook.python(EDIT_FROM_PYTHON)
    yield "edit in the kernel, shown in the page", spread(notebook, "edit {}")
    notebook.python("made.clear()")
    notebook.page.evaluate(WATCH_PREVIEW, 'canvas[data-vnb-preview="1"]')
    notebook.python("_ = wb.start().result()")
    yield "preview of 512 × 512, drawn in the page", spread(notebook, "{}")
    notebook.page.close()


def spread(notebook: NotebookPage, name: str) -> str:
    """Median and 95th percentile of the milliseconds from `made` in the kernel to what the page has seen."""
    notebook.page.wait_for_timeout(500)
    seen = notebook.page.evaluate("() => { const seen = window.__seen; window.__seen = null; return seen; }")
    made = literal_eval(notebook.python("print(made, end='')"))
    passed = [seen[shown] - 1000 * at for step, at in made.items() if (shown := name.format(step)) in seen]
    return f"{median(passed):.0f} ms median, p95 {percentile(passed, 95):.0f} ms, {len(passed)} of {len(made)} seen"


def percentile(values: list[float], rank: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * rank // 100)]


PARTS = {"paints": paints, "thousand": thousand, "latencies": latencies}


def main(names: list[str]) -> int:
    """Prints the table; names: some of its parts only."""
    print("| what | measured | load |\n|---|---|---|")
    with jupyterlab() as open_notebook:
        for name, measure in PARTS.items():
            if not names or name in names:
                for what, figure in measure(open_notebook):
                    print(f"| {what} | {figure} | {os.getloadavg()[0]:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
