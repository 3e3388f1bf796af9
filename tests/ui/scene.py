"""The notebook that most of these tests open: a workbench over two nodes whose pace the test decides, and hands for it.

1 Words ──text──▶ 2 Painter     paints a frame per step, waits for the gate where it is told to, gives a picture
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.ui.notebook_page import NotebookPage

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.ui.conftest import OpenNotebook

SETUP = '''
import threading, time
from typing import Annotated
from PIL import Image
import virgil_nb as vnb
from virgil_nb.engine import NodeReturn, current

gate = threading.Event()

@vnb.node("Words", category="scene")
def words(text: Annotated[str, vnb.Multiline()] = "a fox") -> str:
    """A text."""
    return text

@vnb.node("Painter", category="scene", output=True, cache=False)
def painter(
    text: str,
    steps: Annotated[int, vnb.Range(1, 500)] = 8,
    seed: Annotated[int, vnb.Seed()] = 0,
    pause: float = 0.05,
) -> NodeReturn:
    """Paints something, step by step."""
    context = current()
    for step in range(steps):
        context.preview(lambda step=step: Image.new("RGB", (96, 96), (25 * step % 256, 40, 200)), step + 1)
        context.progress(step + 1, steps)
        time.sleep(pause)
    if "fail" in text:
        raise ValueError(text)
    return NodeReturn(ui={"images": [Image.new("RGB", (96, 96), (230, 20, 30))]})

wf = vnb.Workflow()
source = wf.add("Words", text="a fox")
wf.add("Painter", text=source[0])
wf.editor.apply(vnb.engine.MoveNodes({"1": (0.0, 0.0), "2": (320.0, 0.0)}))
wf = vnb.Workflow(wf.document)
'''
SHOW = "wb = vnb.Workbench(wf)\nwb"


class Scene:
    """A notebook with the workbench painted, and what a person does in it."""

    def __init__(self, notebook: NotebookPage, cell: int = 1) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.cell = cell

    def find(self, selector: str) -> Locator:
        """In the first view of the workbench."""
        return self.page.locator(f".vnb-editor {selector}").first

    def node(self, id_: str) -> Locator:
        return self.find(f'[data-vnb-node="{id_}"]')

    def field(self, name: str) -> Locator:
        """The control of an input, by node.input."""
        return self.find(f'[data-vnb-field="{name}"] :is(input, textarea)')

    def shown(self, name: str) -> str:
        """What a field shows."""
        return self.field(name).input_value()

    def press(self, action: str) -> None:
        """A click on a tool of the toolbar."""
        self.find(f'[data-vnb-action="{action}"]').click()

    def type_into(self, name: str, text: str) -> None:
        """Replaces a field's text, key by key."""
        self.find(f'[data-vnb-field="{name}"] .vnb-field').click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def wait_for_picture(self, id_: str = "2") -> None:
        self.find(f'[data-vnb-image="{id_}"]').wait_for(state="visible", timeout=30_000)

    def wait_until_idle(self) -> None:
        """Until no run is under way: the toolbar offers Run again."""
        self.find('[data-vnb-action="run"]').wait_for(state="visible", timeout=60_000)

    def watch_previews(self, id_: str) -> None:
        """Has the page note every different picture that a node's preview shows from now on."""
        self.page.evaluate(WATCH, id_)

    def previews_seen(self) -> int:
        return int(self.page.evaluate("() => window.__previews.size"))

    def value(self, expression: str) -> Any:
        """An expression's value in the kernel, as its repr."""
        return self.notebook.python(f"print(repr({expression}), end='')")


WATCH = """(id) => { const seen = window.__previews = new Set();
  const look = () => { if (window.__previews !== seen) return;
    const canvas = document.querySelector(`[data-vnb-preview="${id}"]`);
    if (canvas && canvas.width > 1) seen.add([...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].join());
    requestAnimationFrame(look); };
  look(); }"""


def open_scene(notebook: NotebookPage, cell: int = 1) -> Scene:
    """Runs the cells up to the one that shows the workbench, and waits until it is painted."""
    for index in range(cell + 1):
        notebook.run(index)
    scene = Scene(notebook, cell)
    scene.node("2").wait_for(state="visible", timeout=60_000)
    return scene


def open_to_reset(open_notebook: OpenNotebook, setup: str) -> Scene:
    """A workbench that several tests share; `start` is the document that each goes back to."""
    scene = open_scene(open_notebook([setup, SHOW, "start = wb.workflow.document"]))
    scene.notebook.run(2)
    return scene
