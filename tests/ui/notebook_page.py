"""One notebook open in JupyterLab in the browser, as a reader's hands and eyes would use it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.ui.lab_server import LabServer

# JupyterLab itself says these on a clean machine.
NOISE = re.compile(r"favicon|/lsp/status|Autofill\.enable|Permissions policy|apple-mobile-web-app-capable")
PANEL = """(() => { for (const w of window.jupyterapp.shell.widgets('main'))
  if (w.content && w.content.widgets && w.context && w.sessionContext) return w; return null; })()"""
FIRST_PAINT = """(selector) => { const start = performance.now(); window.__painted = null;
  const look = () => { const el = document.querySelector(selector); const box = el && el.getBoundingClientRect();
    if (box && box.width > 4 && box.height > 4) requestAnimationFrame(() => { window.__painted = performance.now() - start; });
    else requestAnimationFrame(look); }; requestAnimationFrame(look); }"""
EXECUTE = f"""async (code) => {{ const kernel = {PANEL}.sessionContext.session.kernel; const got = {{text: '', error: null}};
  const future = kernel.requestExecute({{code, store_history: false}});
  future.onIOPub = m => {{ if (m.header.msg_type === 'stream') got.text += m.content.text;
    if (m.header.msg_type === 'execute_result') got.text += m.content.data['text/plain'];
    if (m.header.msg_type === 'error') got.error = m.content.ename + ': ' + m.content.evalue; }};
  await future.done; return got; }}"""


class NotebookPage:
    """`cells` opened as a notebook. `complaints` collects console errors and uncaught exceptions of the page."""

    def __init__(self, server: LabServer, page: Page, name: str) -> None:
        self.server = server
        self.page = page
        self.path = server.root / f"{name}.ipynb"
        self.complaints: list[str] = []
        page.on("console", lambda message: self._complain(message.type, f"{message.text} {message.location.get('url', '')}"))
        page.on("pageerror", lambda error: self._complain("error", str(error.stack or error)))

    def _complain(self, kind: str, text: str) -> None:
        if kind == "error" and not NOISE.search(text):
            self.complaints.append(text[:1000])

    def forgive(self, words: str) -> None:
        """Forgets the complaints in which these words are (a regular expression); any other still fails the test."""
        self.complaints[:] = [complaint for complaint in self.complaints if not re.search(words, complaint)]

    def write(self, cells: list[str] | Path) -> None:
        """Makes the notebook file with one code cell per text, or a copy of a notebook."""
        if isinstance(cells, Path):
            self.path.write_bytes(cells.read_bytes())
            return
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.path)

    def open(self, *, kernel: bool = True) -> None:
        """Loads the page and waits for the notebook and, unless told otherwise, its kernel."""
        self.page.goto(self.server.address(self.path.name), timeout=90_000)
        self.page.wait_for_function(f"() => !!(window.jupyterapp && {PANEL})", timeout=90_000)
        self.page.evaluate(f"async () => {{ const p = {PANEL}; await p.context.ready; await p.revealed; }}")
        if kernel:
            wait = f"async () => {{ const s = {PANEL}.sessionContext; await s.ready; await s.session.kernel.info; }}"
            self.page.evaluate(wait)
            self.wait_idle()

    def run(self, index: int, *, wait: bool = True) -> None:
        """Runs one cell, as its run button does."""
        script = f"""(i) => {{ const p = {PANEL}; p.content.activeCellIndex = i; p.content.deselectAll(); window.__ran = null;
          const done = () => {{ window.__ran = 1; }}; window.jupyterapp.commands.execute('notebook:run-cell').then(done, done); }}"""
        self.page.evaluate(script, index)
        if wait:
            self.page.wait_for_function("() => window.__ran !== null", timeout=120_000)
            assert self.cell_error(index) is None, self.cell_error(index)

    def run_all(self) -> None:
        """Runs every cell and waits for the end."""
        self.page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        self.wait_idle()

    def code_cells(self) -> list[int]:
        """Places of the code cells."""
        script = f"() => {PANEL}.content.widgets.map((c, i) => [c.model.type, i]).filter(([type]) => type === 'code').map(([, i]) => i)"
        return [int(index) for index in self.page.evaluate(script)]

    def cell_error(self, index: int) -> str | None:
        """The exception that a cell ended with."""
        outputs = self.page.evaluate(f"(i) => {PANEL}.content.widgets[i].model.toJSON().outputs", index)
        return next((f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"), None)

    def cell_text(self, index: int) -> str:
        """What a cell printed and returned as text."""
        outputs = self.page.evaluate(f"(i) => {PANEL}.content.widgets[i].model.toJSON().outputs", index)
        return "".join(_text_of(output) for output in outputs)

    def python(self, code: str) -> str:
        """Runs code in the kernel outside any cell; what it printed or returned."""
        got = self.page.evaluate(EXECUTE, code)
        assert got["error"] is None, got["error"]
        return str(got["text"])

    def kernel_status(self) -> str:
        """idle, busy, …"""
        return str(self.page.evaluate(f"() => {PANEL}.sessionContext.session?.kernel?.status ?? 'none'"))

    def wait_idle(self, limit: float = 60.0) -> None:
        """Returns when the kernel is idle and has been for a moment."""
        self.until(lambda: self.kernel_status() == "idle", limit=limit, what="the kernel to be idle")
        self.page.wait_for_timeout(100)
        self.until(lambda: self.kernel_status() == "idle", limit=limit, what="the kernel to be idle")

    def until(self, condition: Callable[[], object], *, limit: float = 20.0, what: str = "it") -> Any:
        """Waits until `condition` gives something true, and returns that."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            self.page.wait_for_timeout(25)
        raise AssertionError(f"waited {limit:g} s in vain for {what}")

    def first_paint(self, index: int, selector: str) -> float:
        """Runs a cell; milliseconds from there until something of `selector` is painted."""
        self.page.evaluate(FIRST_PAINT, selector)
        self.run(index, wait=False)
        self.page.wait_for_function("() => window.__painted !== null", timeout=60_000)
        return float(self.page.evaluate("() => window.__painted"))

    def save(self) -> dict[str, Any]:
        """Saves the notebook with the page's save command; the file's content."""
        self.page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
        content: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return content

    def shot(self, folder: Path, name: str, what: Locator | None = None) -> Path:
        """A screenshot of the page, or of one thing on it."""
        target = folder / f"{name}.png"
        (what or self.page).screenshot(path=str(target), timeout=15_000)
        return target


def _text_of(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        text = output["text"]
    else:
        text = output.get("data", {}).get("text/plain", "")
    return "".join(text) if isinstance(text, list) else str(text)
