"""The first lesson and the bare workbench, on the model that ships in the package, as a newcomer meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import OpenNotebook, note
from tests.ui.scene import Scene

LESSONS = Path(__file__).resolve().parents[2] / "notebooks"
LESSON = LESSONS / "00_first_picture.ipynb"
INSIDE = LESSONS / "01_look_inside.ipynb"
BARE = "import virgil_nb as vnb\nwb = vnb.Workbench()\nwb"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_bare_workbench_paints_before_torch_is_there_and_makes_a_picture(
    open_notebook: OpenNotebook, artifacts: Path, theme: str
) -> None:
    notebook = open_notebook([BARE, "import sys; print('torch' in sys.modules, 'transformers' in sys.modules)"], theme=theme)
    milliseconds = notebook.first_paint(0, ".vnb-panel-run")
    notebook.wait_idle()
    notebook.run(1)
    assert notebook.cell_text(1) == "False False\n"
    note(artifacts, **{f"first paint {theme}, ms": round(milliseconds)})

    scene = Scene(notebook, 0)
    prompt = scene.find(".vnb-panel textarea")
    prompt.click()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.type("a panda on a green background")
    sampler = scene.value("wb.workflow['KSampler'].info.id").strip("'")
    scene.watch_previews(sampler)
    notebook.page.keyboard.press("Control+Enter")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    scene.find("[data-vnb-panel-image]").wait_for(state="visible", timeout=90_000)
    scene.wait_until_idle()
    seen = scene.previews_seen()
    note(artifacts, **{f"previews seen {theme}": seen})
    assert seen >= 5
    assert scene.value("wb.workflow['Prompt'].text") == "'a panda on a green background'"
    assert scene.value("len(wb.result.images)") == "1"
    notebook.shot(artifacts, f"bare-{theme}")

    scene.press("mode-graph")
    scene.find(f'[data-vnb-node="{sampler}"]').wait_for(state="visible")
    notebook.shot(artifacts, f"workbench-{theme}")


def test_the_first_lesson_runs_from_its_first_cell_to_its_last(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook(LESSON)
    for index in notebook.code_cells():
        notebook.run(index)
    scene = Scene(notebook)
    scene.find(".vnb-node").wait_for(state="visible")
    scene.find(".vnb-node").scroll_into_view_if_needed()
    notebook.shot(artifacts, "lesson")


def test_the_second_lesson_scrubs_through_the_steps_and_puts_its_node_into_the_palette(
    open_notebook: OpenNotebook, artifacts: Path
) -> None:
    notebook = open_notebook(INSIDE)
    for index in notebook.code_cells():
        notebook.run(index)
    scene = Scene(notebook)

    picture = notebook.page.locator("img.widget-image").first
    handle = notebook.page.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    first = picture.get_attribute("src")
    handle.focus()
    for _ in range(4):
        notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_function("(was) => document.querySelector('img.widget-image').src !== was", arg=first)
    notebook.shot(artifacts, "lesson-inside-steps")

    pane = scene.find(".react-flow__pane")
    pane.scroll_into_view_if_needed()
    pane.click(position={"x": 20, "y": 20})
    notebook.page.keyboard.press("/")
    notebook.page.keyboard.type("scale")
    notebook.page.get_by_role("option", name="Scale Channel").wait_for(state="visible")
    notebook.shot(artifacts, "lesson-inside-palette")
