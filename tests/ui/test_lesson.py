"""The first lesson and the bare workbench, on the model that ships in the package, as a newcomer meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import OpenNotebook, note
from tests.ui.scene import Scene

LESSON = Path(__file__).resolve().parents[2] / "notebooks" / "00_first_picture.ipynb"
BARE = "import virgil_nb as vnb\nwb = vnb.Workbench()\nwb"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_bare_workbench_paints_before_torch_is_there_and_makes_a_picture(
    open_notebook: OpenNotebook, artifacts: Path, theme: str
) -> None:
    notebook = open_notebook([BARE, "import sys; print('torch' in sys.modules, 'transformers' in sys.modules)"], theme=theme)
    milliseconds = notebook.first_paint(0, ".vnb-node")
    notebook.wait_idle()
    notebook.run(1)
    assert notebook.cell_text(1) == "False False\n"
    note(artifacts, **{f"first paint {theme}, ms": round(milliseconds)})

    scene = Scene(notebook, 0)
    prompt = scene.find(".vnb-node textarea")
    prompt.click()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.type("a panda on a green background")
    sampler = scene.value("wb.workflow['KSampler'].info.id").strip("'")
    shown = scene.value("wb.workflow['SaveImage'].info.id").strip("'")
    scene.watch_previews(sampler)
    notebook.page.keyboard.press("Control+Enter")
    scene.find('[data-vnb-action="stop"]').wait_for(state="visible")
    scene.find(f'[data-vnb-image="{shown}"]').wait_for(state="visible", timeout=90_000)
    scene.wait_until_idle()
    seen = scene.previews_seen()
    note(artifacts, **{f"previews seen {theme}": seen})
    assert seen >= 5
    assert scene.value("wb.workflow['Prompt'].text") == "'a panda on a green background'"
    assert scene.value("len(wb.result.images)") == "1"
    notebook.shot(artifacts, f"workbench-{theme}")


def test_the_first_lesson_runs_from_its_first_cell_to_its_last(open_notebook: OpenNotebook, artifacts: Path) -> None:
    notebook = open_notebook(LESSON)
    for index in notebook.code_cells():
        notebook.run(index)
    scene = Scene(notebook)
    scene.find(".vnb-node").wait_for(state="visible")
    scene.find(".vnb-node").scroll_into_view_if_needed()
    notebook.shot(artifacts, "lesson")
