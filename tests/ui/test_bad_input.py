"""In a real JupyterLab: what a person or a stranger's file may bring. A clear message, nothing lost, nothing executed."""

from __future__ import annotations

import io
import json
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.ui.conftest import OpenNotebook, notebooks
from tests.ui.lab_server import LabServer
from tests.ui.notebook_page import PANEL
from tests.ui.scene import SETUP, SHOW, Scene, open_scene, open_to_reset

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

HOSTILE = "<img src=x onerror=window.__hacked=1><script>window.__hacked=2</script>\"'></div>\u202e{{7*7}}"
TALKER = '''
@vnb.node("Talker", category="scene" + hostile, output=True, cache=False)
def talker(
    text: str = "x",
    seed: Annotated[int, vnb.Seed()] = 0,
    which: Literal["plain", "<b onclick=window.__hacked=3>bold</b>"] = "plain",
) -> NodeReturn:
    """HOSTILE"""
    print(hostile)
    current().note(hostile)
    return NodeReturn(ui={"images": [Image.new("RGB", (64, 64), (230, 20, 30))]})
'''.replace("HOSTILE", HOSTILE.replace('"', "'"))
SETUP_HOSTILE = f"""{SETUP}
from typing import Literal
hostile = {HOSTILE!r}
{TALKER}
"""
PASTE = """(text) => { const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', text);
  document.querySelector('.vnb-editor').dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true})); }"""
SEND = f"""([comm, content, more]) => {{ if (more) content.ops[0].name = 'x'.repeat(more);
  {PANEL}.sessionContext.session.kernel._comms.get(comm).send({{method: 'custom', content}}); }}"""
WATCH_LINE = f"""() => {{ window.__line = []; {PANEL}.sessionContext.session.kernel.connectionStatusChanged.connect(
  (_, status) => window.__line.push(status)); }}"""
INJECTED = ".vnb-editor :is(img[src='x'], script, b[onclick])"


@pytest.fixture(scope="module")
def opened(lab: LabServer, browser: BrowserContext) -> Iterator[Scene]:
    for open_notebook in notebooks(lab, browser, "bad_input"):
        yield open_to_reset(open_notebook, SETUP_HOSTILE)


@pytest.fixture
def scene(opened: Scene) -> Scene:
    opened.notebook.python("wb.stop(); wb.workflow.editor.replace(start)")
    opened.wait_until_idle()
    if opened.find("[data-vnb-drawer]").count():
        opened.find("[data-vnb-drawer] .vnb-drawer-head > .vnb-tool").click()
    opened.notebook.until(lambda: opened.page.locator(".vnb-editor [data-vnb-node]").count() == 2, what="the first document")
    return opened


def unharmed(scene: Scene) -> None:
    """Nothing was executed, and nothing of a text became an element."""
    assert scene.page.evaluate("() => window.__hacked") is None
    assert scene.page.locator(INJECTED).count() == 0


def said(scene: Scene) -> str:
    return scene.find(".vnb-refusal").inner_text()


def test_a_seed_is_typed_digit_by_digit_up_to_the_largest_and_runs_as_it_is(scene: Scene) -> None:
    for typed, kept in (("18446744073709551615", 2**64 - 1), ("9007199254740993", 2**53 + 1)):
        scene.type_into("2.seed", typed)
        scene.page.keyboard.press("Enter")
        scene.notebook.until(lambda kept=kept: scene.value("wb.workflow['2'].seed") == str(kept), what="every digit in the kernel")
    scene.page.keyboard.press("ArrowUp")
    scene.notebook.until(lambda: scene.value("wb.workflow['2'].seed") == str(2**53 + 2), what="one more")
    scene.notebook.python("wb.workflow['2'].seed = 2**64 - 2; wb.workflow['2'].steps = 1")
    scene.page.keyboard.press("Escape")
    scene.notebook.until(lambda: "".join(filter(str.isdigit, scene.shown("2.seed"))) == str(2**64 - 2), what="every digit in the field")
    scene.press("run")
    scene.wait_for_picture()
    assert scene.value("wb.last_run.document.nodes['2'].values['seed']") == str(2**64 - 2)
    assert scene.value("wb.workflow.validate()") == "[]"


def test_hostile_text_stays_text_in_every_drawer_menu_and_sheet(scene: Scene, artifacts: Path) -> None:
    notebook, page = scene.notebook, scene.page
    notebook.python(
        "from virgil_nb.engine import *\n"
        "node = wb.workflow.add('Talker', text=hostile); wb.workflow.edit(\n"
        "  {'op': 'title', 'id': node, 'title': hostile}, {'op': 'rename', 'name': hostile},\n"
        "  {'op': 'frame', 'id': '1', 'frame': {'title': hostile, 'box': [0, 300, 400, 300]}},\n"
        "  {'op': 'panel', 'items': [{'node': node, 'input': 'text', 'label': hostile}, {'node': node, 'input': 'which'}]})\n"
        "wb.workflow.edit({'op': 'add', 'node': {'id': hostile, 'type': hostile, 'values': {hostile: hostile, '__proto__': 1}}})"
    )
    notebook.until(lambda: page.locator(".vnb-editor [data-vnb-node]").count() == 4, what="the nodes")
    notebook.python("wb.workflow.remove(hostile)")
    scene.press("run")
    notebook.until(lambda: scene.value("wb.last_run and wb.last_run.state") == "'done'", what="the run")
    scene.wait_until_idle()
    for action in ("history", "code"):
        scene.press(action)
        scene.find(f'[data-vnb-drawer="{action}"]').wait_for(state="visible")
        page.wait_for_timeout(300)
        unharmed(scene)
    scene.press("more")
    page.get_by_role("menuitem", name="Log").click()
    notebook.until(lambda: "{{7*7}}" in scene.find('[data-vnb-drawer="log"]').inner_text(), what="what the node printed")
    unharmed(scene)
    scene.press("add")
    page.keyboard.type("Talker")
    scene.find('[data-vnb-entry="Talker"]').wait_for(state="visible")
    unharmed(scene)
    page.keyboard.press("Escape")
    scene.press("mode-panel")
    notebook.until(lambda: "{{7*7}}" in scene.find("[data-vnb-panel]").inner_text(), what="the label on the panel")
    notebook.shot(artifacts, "hostile_panel", scene.page.locator(".vnb-editor").first)
    unharmed(scene)
    scene.press("mode-graph")
    notebook.shot(artifacts, "hostile_graph", scene.page.locator(".vnb-editor").first)


ODD = {
    "override": "\u202egnp.exe\u202c and \u2066more",
    "invisible": "\u200b\u200d\ufeff",
    "combining": "e" + "\u0301" * 400,
    "emoji": "👩‍👩‍👧‍👦🦊🏳️‍🌈",
    "long": "x" * 100_000,
    "lines": "fox\n" * 3000,
    "markup": HOSTILE,
}


def test_odd_names_of_nodes_frames_models_and_the_workflow_keep_to_their_places(scene: Scene, artifacts: Path) -> None:
    notebook, page = scene.notebook, scene.page
    toolbar = scene.find(".vnb-toolbar").bounding_box()
    notebook.python(
        "from typing import Annotated, Literal\n"
        f"odd = {ODD!r}\n"
        '@vnb.node("Model", category="scene", output=True)\n'
        "def model(name: Literal[tuple(odd.values())]) -> None:\n"
        '    """Loads one."""\n'
        "wb.workflow.edit(*({'op': 'add', 'node': {'id': str(10 + i), 'type': 'Model', 'title': text, 'values': {'name': text},"
        " 'position': [i % 4 * 320, 260 + i // 4 * 160]}} for i, text in enumerate(odd.values())), *({'op': 'frame', 'id': str(i + 1),"
        " 'frame': {'title': text, 'box': [i % 4 * 320 - 12, 215 + i // 4 * 160, 304, 135]}} for i, text in enumerate(odd.values())),"
        " {'op': 'rename', 'name': odd['long']})"
    )
    notebook.until(lambda: page.locator(".vnb-editor [data-vnb-node]").count() >= 4, what="the nodes")
    scene.press("fit")
    boxes = [scene.node(str(10 + index)).evaluate("(node) => [node.offsetWidth, node.offsetHeight]") for index in range(len(ODD))]
    assert all(width <= 280 and height == boxes[0][1] for width, height in boxes), boxes
    assert scene.find(".vnb-toolbar").bounding_box() == toolbar
    assert "gnp.exe and more" in scene.node("10").inner_text(), "letters stand in the order in which they are written"
    assert "Model" in scene.node("11").inner_text(), "a title that nobody sees gives way to the class"
    notebook.shot(artifacts, "odd_names", page.locator(".vnb-editor").first)
    scene.find('[data-vnb-field="10.name"] .vnb-field').click()
    page.locator('[role="listbox"]').wait_for(state="visible")
    wide = page.locator('[role="listbox"]').bounding_box()
    assert wide is not None and wide["width"] <= 600
    notebook.shot(artifacts, "odd_choices", page.locator(".vnb-editor").first)
    page.keyboard.press("Escape")
    scene.press("mode-panel")
    scene.find("[data-vnb-panel]").wait_for(state="visible")
    assert scene.find(".vnb-toolbar").bounding_box() == toolbar
    notebook.shot(artifacts, "odd_panel", page.locator(".vnb-editor").first)
    scene.press("mode-graph")
    notebook.python("wb.workflow['1'].text = odd['lines']; wb.run()")
    scene.press("history")
    scene.find("[data-vnb-past]").wait_for(state="visible")
    entry = scene.find("[data-vnb-past]").bounding_box()
    assert entry is not None and entry["height"] < 200
    notebook.shot(artifacts, "odd_history", page.locator(".vnb-editor").first)
    unharmed(scene)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 100_000, "no workflow"),
        ('{"format": "virgil_nb", "version": 1, "nodes": [{"id": "1"}]}', "damaged"),
        ('{"format": "virgil_nb", "version": 1, "nodes": 5}', "without nodes"),
        ('{"format": "virgil_nb", "version": 99, "nodes": []}', "newer virgil_nb"),
        ('{"format": "virgil_nb", "version": "1", "nodes": []}', "newer virgil_nb"),
        ("x" * 9_000_000, "9 MB"),
        ("\ud83e half of a letter", "no workflow"),
        ("null", "no workflow"),
    ],
    ids=["deep", "damaged", "no list", "newer", "version of text", "large", "half a letter", "null"],
)
def test_a_clipboard_with_anything_else_is_refused_in_words(scene: Scene, text: str, why: str) -> None:
    scene.page.evaluate(PASTE, text)
    scene.notebook.until(lambda: why in said(scene), what=f"{why!r} in the refusal")
    assert scene.value("wb.workflow.document == start") == "True"


def test_a_pasted_seed_keeps_its_digits_and_a_node_of_an_unknown_type_its_values(scene: Scene) -> None:
    node = {"id": "1", "type": "Nobody's", "values": {"seed": 2**64 - 1, "text": HOSTILE}, "links": {}}
    scene.page.evaluate(PASTE, json.dumps({"format": "virgil_nb", "version": 1, "name": "", "nodes": [node], "extra": {}}))
    scene.notebook.until(lambda: scene.value("len(wb.workflow.document.nodes)") == "3", what="the pasted node")
    assert literal_eval(scene.value("dict(wb.workflow.document.nodes['3'].values)")) == node["values"]
    unharmed(scene)
    scene.page.keyboard.press("Control+z")
    scene.notebook.until(lambda: scene.value("wb.workflow.document == start") == "True", what="one step back")


def test_two_thousand_nodes_are_pasted_as_one_step_and_too_many_are_refused_with_nothing_lost(scene: Scene) -> None:
    def clip(count: int) -> str:
        nodes = [
            {"id": str(i), "type": "Words", "values": {}, "links": {}, "position": [i % 50 * 260, i // 50 * 200]} for i in range(count)
        ]
        return json.dumps({"format": "virgil_nb", "version": 1, "name": "", "nodes": nodes, "extra": {}})

    scene.page.evaluate(PASTE, clip(2000))
    scene.notebook.until(lambda: scene.value("len(wb.workflow.document.nodes)") == "2002", limit=60, what="the pasted nodes")
    scene.notebook.python("wb.workflow.undo()")
    assert scene.value("wb.workflow.document == start") == "True"
    scene.page.evaluate(PASTE, clip(20_001))
    scene.notebook.until(lambda: "20,000" in scene.find("[data-vnb-run-status]").inner_text(), limit=60, what="why they are too many")
    assert scene.value("wb.workflow.document == start") == "True"
    scene.notebook.until(lambda: scene.page.locator(".vnb-editor [data-vnb-node]").count() == 2, limit=60, what="the document as it is")


def test_a_picture_that_is_none_or_huge_is_refused_by_name(scene: Scene, tmp_path: Path) -> None:
    scene.notebook.python("wb.workflow.add('LoadImage'); before = wb.workflow.document")
    field = '[data-vnb-image-field="3"]'
    scene.find(field).wait_for(state="visible")
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    files = {
        "notes.png": b"just text",
        "cut.jpg": b"\xff\xd8\xff\xe0" + b"\x00" * 64,
        "bomb.png": bomb.getvalue(),
        "empty.png": b"",
        f"{HOSTILE[:40].replace('/', '_')}.png": b"no",
    }
    status = scene.find("[data-vnb-run-status]")
    for name, data in files.items():
        (path := tmp_path / name).write_bytes(data)
        with scene.page.expect_file_chooser() as chooser:
            scene.find(f'{field} [data-vnb-action="choose-picture"]').click()
        chooser.value.set_files(path)
        scene.notebook.until(lambda name=name: name[1:4] in status.inner_text(), limit=40, what=f"a word on {name}")
        assert scene.value("wb.workflow.document == before") == "True"
    unharmed(scene)


def test_what_no_editor_sends_changes_nothing_and_the_next_edit_works(scene: Scene) -> None:
    """The line to the kernel as a stranger in the page would use it."""
    notebook = scene.notebook
    comm = literal_eval(scene.value("wb.comm.comm_id"))
    edit = {"kind": "edit", "view": "v", "seq": 1, "base": 0}
    for content in (
        None,
        [],
        {"kind": "explode"},
        {**edit, "base": 10**9, "ops": [{"op": "rename", "name": "x"}]},
        {**edit, "ops": [{"op": "explode"}]},
        {**edit, "ops": [{"op": "set", "id": 1, "input": {}, "value": None}]},
        {**edit, "ops": [{"op": "remove", "id": "no such"}]},
        {"kind": "open", "view": "v", "text": "[" * 100_000},
    ):
        scene.page.evaluate(SEND, [comm, content, 0])
    assert scene.value("wb.workflow.document == start") == "True"
    assert scene.shown("1.text") == "a fox"
    scene.type_into("1.text", "a hen")
    notebook.until(lambda: scene.value("wb.workflow['1'].text") == "'a hen'", what="the next edit")


def test_a_text_too_large_for_the_line_is_said_and_the_document_goes_on(scene: Scene) -> None:
    paste = """([text]) => { const field = document.querySelector('.vnb-editor [data-vnb-field="1.text"] textarea'); field.focus();
      const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set; set.call(field, 'x'.repeat(text));
      field.dispatchEvent(new Event('input', {bubbles: true})); }"""
    scene.page.evaluate(paste, [11_000_000])
    scene.notebook.until(lambda: "MB at once" in scene.find("[data-vnb-run-status]").inner_text(), limit=60, what="why it is not taken")
    assert scene.value("wb.workflow['1'].text") == "'a fox'"
    scene.notebook.python("wb.workflow['2'].steps = 3")
    scene.notebook.until(lambda: scene.shown("2.steps") == "3", what="an edit after it")


def test_a_message_that_breaks_the_line_leaves_the_document_and_the_editor_whole(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([SETUP_HOSTILE, SHOW])
    scene = open_scene(notebook)
    comm = literal_eval(scene.value("wb.comm.comm_id"))
    edit = {"kind": "edit", "view": "v", "seq": 1, "base": 0, "ops": [{"op": "rename", "name": ""}]}
    scene.page.evaluate(WATCH_LINE)
    scene.page.evaluate(SEND, [comm, edit, 100 * 2**20])
    broken_and_back = "() => window.__line.length > 1 && window.__line.at(-1) === 'connected'"
    notebook.until(lambda: scene.page.evaluate(broken_and_back), limit=60, what="the line to break and to be there again")
    scene.type_into("1.text", "a hare")
    notebook.until(lambda: scene.value("wb.workflow['1'].text") == "'a hare'", limit=60, what="the edit after the line broke")
    assert scene.value("wb.workflow.name") == "''"
