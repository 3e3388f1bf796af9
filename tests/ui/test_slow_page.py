"""A page that is too busy to load a widget's module in time shows a working editor all the same."""

from __future__ import annotations

from tests.ui.conftest import OpenNotebook
from tests.ui.scene import SETUP, SHOW, Scene

# anywidget gives a model two seconds (`AbortSignal.timeout(2000)`); on this page they are over at once, before any module is there
TWO_SECONDS_PASS = """() => { const timeout = AbortSignal.timeout.bind(AbortSignal); window.__passed = 0;
  AbortSignal.timeout = (ms) => { if (ms !== 2000) return timeout(ms);
    const controller = new AbortController(); window.__passed += 1;
    queueMicrotask(() => controller.abort()); return controller.signal; }; }"""


def test_an_editor_whose_module_came_too_late_is_drawn_and_hears_the_kernel(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, SHOW])
    notebook.run(0)
    notebook.page.evaluate(TWO_SECONDS_PASS)
    notebook.run(1)
    assert notebook.page.evaluate("() => window.__passed") == 1
    scene = Scene(notebook)
    scene.node("2").wait_for(state="visible", timeout=60_000)
    notebook.python("wb.workflow['Words'].text = 'an owl'")
    notebook.until(lambda: scene.shown("1.text") == "an owl", what="an edit of the kernel")
    scene.press("run")
    scene.wait_for_picture()
    notebook.complaints[:] = [said for said in notebook.complaints if "[anywidget] Failed to initialize model" not in said]
