"""The panel and what lies beside it in a real notebook: history, log, code, files brought in, kept edits, failures."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.ui.conftest import OpenNotebook, notebooks
from tests.ui.lab_server import LabServer
from tests.ui.scene import SETUP, SHOW, Scene, open_scene

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

MORE = '''
@vnb.node("Talker", category="scene", output=True, cache=False)
def talker(count: Annotated[int, vnb.Range(1, 1000)] = 3) -> NodeReturn:
    """Prints as many lines."""
    for line in range(count):
        print("line", line)
    return NodeReturn(ui={"images": [Image.new("RGB", (32, 32), "blue")]})

start = wf.document
'''
RESET = "wb.stop(); wb.workflow.editor.replace(start); gate.clear()"
NODES = "list(wb.workflow.document.nodes)"
PANEL = "[(item.node, item.input, item.label) for item in wb.workflow.document.panel or ()]"
DROP = """([selector, name, type, data]) => { const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File([bytes], name, {type}));
  const target = document.querySelector('.vnb-editor ' + selector); const box = target.getBoundingClientRect();
  const at = {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2};
  for (const kind of ['dragover', 'drop'])
    target.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer, ...at})); }"""

PASTE = """([selector, name, type, data]) => { const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const clipboardData = new DataTransfer(); clipboardData.items.add(new File([bytes], name, {type}));
  const target = document.querySelector('.vnb-editor ' + selector); target.closest('.vnb-editor').focus();
  target.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData})); }"""


@pytest.fixture(scope="module")
def opened(lab: LabServer, browser: BrowserContext) -> Iterator[Scene]:
    for open_notebook in notebooks(lab, browser, "panel"):
        yield open_scene(open_notebook([SETUP + MORE, SHOW]))


@pytest.fixture
def scene(opened: Scene) -> Scene:
    """The open workbench with its first document, in the graph view, nothing beside it."""
    opened.notebook.python(RESET)
    opened.press("mode-graph")
    if opened.find("[data-vnb-drawer]").count():
        opened.find("[data-vnb-drawer] .vnb-drawer-head > .vnb-tool").click()
    opened.wait_until_idle()
    opened.notebook.until(lambda: opened.shown("1.text") == "a fox" and opened.shown("2.seed") == "0", what="the first document")
    return opened


def fill(scene: Scene, field: str, text: str) -> None:
    """Types into a field and takes it with Enter, as numbers want it."""
    scene.find(f'[data-vnb-field="{field}"] .vnb-field').click()
    scene.page.keyboard.press("Control+a")
    scene.page.keyboard.type(text)
    scene.page.keyboard.press("Enter")


def run_here(scene: Scene) -> None:
    """One run by the button, to its end."""
    runs = scene.value("wb.last_run and wb.last_run.id")
    scene.press("run")
    scene.notebook.until(lambda: scene.value("wb.last_run and wb.last_run.id") != runs, what="another run")
    scene.wait_until_idle()


def test_a_picture_is_made_with_the_panel_alone(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Painter'].pause = 0.15")
    scene.press("mode-panel")
    prompt = scene.field("1.text")
    prompt.click()
    scene.page.keyboard.press("Control+a")
    scene.page.keyboard.type("a red panda")
    scene.press("run")
    scene.find(".vnb-show canvas[data-vnb-preview]").wait_for(state="visible", timeout=30_000)
    scene.find("[data-vnb-panel-image]").wait_for(state="visible", timeout=30_000)
    scene.wait_until_idle()
    assert scene.value("wb.last_run.document.nodes['1'].values['text']") == "'a red panda'"
    assert "Done in" in scene.find(".vnb-beside").inner_text()
    scene.find('[data-vnb-strip] [aria-pressed="true"]').wait_for(state="visible", timeout=20_000)
    assert "about" in scene.find('[data-vnb-action="run"]').inner_text(), "the button says how long the next one should take"


def test_the_panel_takes_no_key_that_would_change_the_graph_behind_it(scene: Scene) -> None:
    scene.node("2").locator(".vnb-title").click()
    scene.page.keyboard.press("p")
    scene.find("[data-vnb-panel]").wait_for(state="visible")
    scene.page.keyboard.press("Delete")
    scene.page.keyboard.press("m")
    scene.page.keyboard.press("p")
    scene.node("2").wait_for(state="visible")
    assert scene.value(NODES) == "['1', '2']"
    assert scene.value("wb.workflow.document.nodes['2'].mode") == "'on'"


def test_inputs_are_put_on_the_panel_named_ordered_and_all_of_it_is_undone(scene: Scene) -> None:
    scene.press("mode-panel")
    scene.press("arrange")
    scene.press("panel-add")
    scene.find('[role="option"]:has-text("pause")').click()
    scene.find('[data-vnb-item="2.pause"] button.vnb-arrange-name').click()
    scene.page.keyboard.type("patience")
    scene.page.keyboard.press("Enter")
    scene.find('[data-vnb-item="2.pause"] [aria-label="Move patience up"]').click()
    scene.notebook.until(lambda: "('2', 'pause', 'patience')" in scene.value(PANEL), what="the name in the document")
    assert scene.value("[item.input for item in wb.workflow.document.panel]") == "['text', 'steps', 'pause', 'seed']"
    scene.press("arranged")
    assert "patience" in scene.find('[data-vnb-field="2.pause"]').inner_text()
    for _ in range(3):
        scene.press("undo")
    scene.notebook.until(lambda: scene.value("wb.workflow.document.panel") == "None", what="the editor's own choice again")
    scene.find('[data-vnb-field="2.pause"]').wait_for(state="detached")


def test_a_panel_made_by_code_is_what_is_shown(scene: Scene) -> None:
    scene.press("mode-panel")
    item = "vnb.engine.PanelItem('2', 'steps', 'patience')"
    scene.notebook.python(f"wb.workflow.editor.apply(vnb.engine.SetPanel(({item},)))")
    scene.find('[data-vnb-field="1.text"]').wait_for(state="detached")
    assert "patience" in scene.find('[data-vnb-field="2.steps"]').inner_text()


def test_a_wrong_value_is_said_and_mended_on_the_panel(scene: Scene) -> None:
    scene.press("mode-panel")
    fill(scene, "2.steps", "900")
    trouble = scene.find("[data-vnb-trouble]")
    trouble.wait_for(state="visible")
    assert "500" in trouble.inner_text()
    trouble.locator(".vnb-button").click()
    scene.notebook.until(lambda: scene.value("wb.workflow['Painter'].steps") == "500")
    trouble.wait_for(state="detached")


def test_a_failure_is_shown_beside_the_picture_with_its_traceback(scene: Scene) -> None:
    scene.press("mode-panel")
    scene.type_into("1.text", "fail <b>here</b>")
    run_here(scene)
    card = scene.find(".vnb-show [data-vnb-error]")
    card.wait_for(state="visible")
    assert "fail <b>here</b>" in card.inner_text()
    card.locator("button", has_text="Traceback").click()
    assert "painter" in card.locator("pre").inner_text()
    card.locator("button", has_text="Show in the graph").click()
    scene.node("2").wait_for(state="visible")


def test_earlier_runs_are_listed_with_what_changed_and_give_their_values_back(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Painter'].pause = 0.01")
    run_here(scene)
    fill(scene, "2.seed", "5")
    run_here(scene)
    scene.press("history")
    newest = scene.page.locator(".vnb-editor .vnb-past").nth(0)
    newest.locator("img").wait_for(state="visible", timeout=20_000)
    assert "seed 0 → 5" in newest.inner_text()
    scene.page.locator(".vnb-editor .vnb-past").nth(1).locator('[data-vnb-action="use-values"]').click()
    scene.notebook.until(lambda: scene.shown("2.seed") == "0", what="the earlier seed")
    scene.press("undo")
    scene.notebook.until(lambda: scene.shown("2.seed") == "5", what="the later seed again")
    scene.notebook.python("wb.workflow.add('Words', text='a third')")
    scene.node("3").wait_for(state="visible")
    scene.page.locator(".vnb-editor .vnb-past").nth(1).locator('[data-vnb-action="open-run"]').click()
    scene.node("3").wait_for(state="detached")
    assert scene.shown("2.seed") == "0"


def test_what_nodes_print_is_in_the_log(scene: Scene) -> None:
    scene.notebook.python("wb.workflow.add('Talker', count=4); wb.workflow['Painter'].pause = 0.01")
    run_here(scene)
    scene.press("more")
    scene.page.get_by_role("menuitem", name="Log").click()
    log = scene.find('[data-vnb-drawer="log"]')
    scene.notebook.until(lambda: "line 3" in log.inner_text(), what="the last line")
    assert "Talker" in log.inner_text()
    scene.press("clear-log")
    assert "line" not in log.locator(".vnb-log-line").all_inner_texts()


def test_the_code_follows_each_edit(scene: Scene) -> None:
    scene.press("code")
    code = scene.find(".vnb-code")
    scene.notebook.until(lambda: "a fox" in code.inner_text(), what="the prompt in the code")
    scene.notebook.python("wb.workflow['Words'].text = 'a hare'")
    scene.notebook.until(lambda: "a hare" in code.inner_text(), what="the other prompt in the code")
    namespace = "{'wb': None}"
    scene.notebook.python(f"space = {namespace}; exec({code.inner_text()!r}, space)")


def test_a_picture_is_uploaded_by_choosing_and_by_dropping(scene: Scene, tmp_path: Path) -> None:
    scene.notebook.python("wb.workflow.add('LoadImage')")
    field = '[data-vnb-image-field="3"]'
    scene.find(field).wait_for(state="visible")
    picture = tmp_path / "red lake.png"
    Image.new("RGB", (700, 600), (200, 30, 30)).save(picture)
    with scene.page.expect_file_chooser() as chooser:
        scene.find(f'{field} [data-vnb-action="choose-picture"]').click()
    chooser.value.set_files(picture)
    image = "wb.workflow.document.nodes['3'].values.get('image')"
    scene.notebook.until(lambda: scene.value(image) == "'red lake.png'", what="the uploaded picture as the input")
    scene.find('[data-vnb-image="3"]').wait_for(state="visible")
    second = tmp_path / "blue.png"
    Image.new("RGB", (64, 64), (30, 30, 200)).save(second)
    scene.page.evaluate(DROP, [field, "blue.png", "image/png", encoded(second)])
    scene.notebook.until(lambda: scene.value(image) == "'blue.png'", what="the dropped picture as the input")


def test_a_pasted_picture_goes_into_the_node_that_takes_one(scene: Scene, tmp_path: Path) -> None:
    scene.notebook.python("wb.workflow.add('LoadImage')")
    field = '[data-vnb-image-field="3"]'
    scene.find(field).wait_for(state="visible")
    picture = tmp_path / "shot.png"
    Image.new("RGB", (64, 64), (30, 200, 30)).save(picture)
    image = "wb.workflow.document.nodes['3'].values.get('image')"
    before = scene.value(image)
    scene.page.evaluate(PASTE, [field, "shot.png", "image/png", encoded(picture)])
    scene.notebook.until(lambda: scene.value(image) == "'shot.png'", what="the pasted picture as the input")
    scene.page.keyboard.press("Control+z")
    scene.notebook.until(lambda: scene.value(image) == before, what="the input as it was before")


def test_a_broken_picture_is_refused_with_a_reason_and_changes_nothing(scene: Scene, tmp_path: Path) -> None:
    scene.notebook.python("wb.workflow.add('LoadImage', image='kept.png')")
    field = '[data-vnb-image-field="3"]'
    scene.find(field).wait_for(state="visible")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture at all" * 9)
    scene.page.evaluate(DROP, [field, "broken.png", "image/png", encoded(broken)])
    status = scene.find("[data-vnb-run-status]")
    scene.notebook.until(lambda: "broken.png" in status.inner_text(), what="the reason")
    assert scene.value("wb.workflow.document.nodes['3'].values['image']") == "'kept.png'"


def test_a_workflow_file_dropped_on_the_canvas_is_opened_and_undone(scene: Scene, tmp_path: Path) -> None:
    other = json.dumps(
        {"format": "virgil_nb", "version": 1, "name": "Dropped", "nodes": [{"id": "9", "type": "Words", "values": {}, "links": {}}]}
    )
    (file := tmp_path / "other.json").write_text(other)
    scene.page.evaluate(DROP, [".vnb-canvas", "other.json", "application/json", encoded(file)])
    scene.node("9").wait_for(state="visible", timeout=15_000)
    scene.press("undo")
    scene.node("2").wait_for(state="visible", timeout=15_000)
    (nonsense := tmp_path / "notes.json").write_text("not a workflow")
    scene.page.evaluate(DROP, [".vnb-canvas", "notes.json", "application/json", encoded(nonsense)])
    scene.find('[data-vnb-run-status][data-tone="error"], [data-vnb-run-status][data-tone="warn"]').wait_for(state="visible")
    assert scene.value(NODES) == "['1', '2']"


def test_a_saved_picture_brings_its_workflow_back_when_it_is_dropped(scene: Scene, tmp_path: Path) -> None:
    scene.notebook.python("wb.workflow['Painter'].pause = 0.01; wb.workflow['Words'].text = 'ein Fuchs im Grünen 🦊'")
    run_here(scene)
    scene.press("mode-panel")
    with scene.page.expect_download() as download:
        scene.press("save-picture")
    picture = tmp_path / "shared.png"
    download.value.save_as(picture)
    assert Image.open(picture).getpixel((4, 4)) == (230, 20, 30)
    scene.notebook.python(RESET)
    scene.notebook.until(lambda: scene.shown("1.text") == "a fox", what="the first document")
    scene.press("mode-graph")
    scene.node("2").wait_for(state="visible")
    scene.page.evaluate(DROP, [".vnb-canvas", "shared.png", "image/png", encoded(picture)])
    scene.notebook.until(lambda: scene.shown("1.text") == "ein Fuchs im Grünen 🦊", what="the picture's workflow")


def test_runs_that_wait_are_counted_and_the_newest_result_is_shown(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Painter'].pause = 0.4")
    scene.press("run")
    scene.page.keyboard.press("Control+Enter")
    status = scene.find("[data-vnb-run-status]")
    scene.notebook.until(lambda: "1 more in line" in status.inner_text(), what="the run that waits")
    scene.press("stop")
    scene.wait_until_idle()


def test_an_empty_workbench_offers_starts_that_undo(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(["import virgil_nb as vnb\nwb = vnb.Workbench(vnb.Workflow())\nwb"])
    notebook.run(0)
    scene = Scene(notebook, 0)
    scene.find("[data-vnb-start]").wait_for(state="visible", timeout=60_000)
    starts = scene.page.locator(".vnb-editor [data-vnb-start]").evaluate_all("all => all.map(e => e.dataset.vnbStart)")
    assert starts == ["Text to image", "Image to image", "Repaint a part", "open"]
    scene.find('[data-vnb-start="Text to image"]').click()
    notebook.until(lambda: scene.value("len(wb.workflow.document.nodes)") == "7", what="the start in the kernel")
    notebook.until(lambda: scene.value("wb.workflow.validate()") == "[]", what="a workflow that can run as it is")
    scene.press("mode-panel")
    scene.find("[data-vnb-shape]").wait_for(state="visible")
    labels = scene.page.locator(".vnb-editor [data-vnb-field]").evaluate_all("all => all.map(e => e.dataset.vnbField)")
    assert labels == ["2.text", "4.width", "5.steps", "5.seed"]
    scene.press("undo")
    scene.find("[data-vnb-start]").wait_for(state="visible")


def test_edits_that_the_changed_code_lacks_are_offered_and_brought_back(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP, SHOW])
    scene = open_scene(notebook)
    notebook.python("first = wf.document")
    scene.type_into("1.text", "a hare")
    scene.page.keyboard.press("Escape")
    notebook.until(lambda: scene.value("wb.workflow['Words'].text") == "'a hare'")
    notebook.page.wait_for_timeout(500)
    notebook.python("wf = vnb.Workflow(first); wf['Painter'].steps = 9; wf = vnb.Workflow(wf.document)")
    notebook.run(1)
    banner = scene.find('[data-vnb-banner="restorable"]')
    banner.wait_for(state="visible", timeout=30_000)
    assert scene.shown("1.text") == "a fox", "the code wins"
    scene.press("restore")
    notebook.until(lambda: scene.shown("1.text") == "a hare", what="the kept edit")
    banner.wait_for(state="detached")
    scene.press("undo")
    notebook.until(lambda: scene.shown("1.text") == "a fox", what="the code's text again")


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 620)])
def test_how_the_panel_looks(open_notebook: OpenNotebook, artifacts: Path, theme: str, width: int) -> None:
    scene = open_scene(open_notebook([SETUP, SHOW], theme=theme, width=width))
    scene.press("mode-panel")
    run_here(scene)
    scene.find("[data-vnb-panel-image]").wait_for(state="visible", timeout=30_000)
    scene.find("[data-vnb-strip] img").wait_for(state="visible", timeout=20_000)
    outside = "() => { const root = document.querySelector('.vnb-editor'); const box = root.getBoundingClientRect();"
    outside += " return [...root.querySelectorAll('button, input, textarea, img')].filter(e => { const b = e.getBoundingClientRect();"
    outside += " return b.width > 0 && (b.right > box.right + 1 || b.left < box.left - 1); }).length; }"
    assert scene.page.evaluate(outside) == 0
    scene.notebook.shot(artifacts, f"panel-{theme}-{width}", scene.page.locator(".vnb-editor").first)


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
