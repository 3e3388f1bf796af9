"""One open notebook for all tests of the look: its theme, font and width change while it is open, as a reader would change them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ui.conftest import OpenNotebook
from tests.ui.look import measure
from tests.ui.look.nodes import SETUP
from tests.ui.scene import Scene

# Arial's measures, and about 15 % wider.
FONTS = {"plain": '"Liberation Sans", Arial, sans-serif', "wide": '"DejaVu Sans", Verdana, sans-serif'}
PICK_THEME = "async (theme) => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }"
PICK_FONT = "(font) => document.documentElement.style.setProperty('--jp-ui-font-family', font)"


@dataclass(frozen=True)
class Setting:
    """How the notebook looks around the editor."""

    theme: str = "light"
    font: str = "plain"
    cell: str = "wide"

    def __str__(self) -> str:
        return f"{self.theme}-{self.font}-{self.cell}"


SETTINGS = [Setting(theme, font, cell) for cell in ("wide", "narrow") for font in FONTS for theme in ("light", "dark")]
THEMES = [Setting("light"), Setting("dark")]
# Every two of theme, font and width come together in one of these.
PAIRS = [Setting(), Setting("dark", "wide"), Setting("light", "wide", "narrow"), Setting("dark", "plain", "narrow")]
WIDTHS = {"wide": 1400, "narrow": 620}


class Gallery(Scene):
    """The notebook, its workbench, and what can be seen of it."""

    def set(self, setting: Setting) -> None:
        """Puts Lab in another theme, font and width, and waits until the editor has seen it."""
        self.page.set_viewport_size({"width": WIDTHS[setting.cell], "height": 900})
        self.page.emulate_media(color_scheme="dark" if setting.theme == "dark" else "light")
        if self.root.get_attribute("data-vnb-theme") != setting.theme:
            self.page.evaluate(PICK_THEME, f"JupyterLab {setting.theme.capitalize()}")
            self.page.locator(f'.vnb-editor[data-vnb-theme="{setting.theme}"]').first.wait_for(state="attached", timeout=60_000)
        self.page.evaluate(PICK_FONT, FONTS[setting.font])
        self.root.scroll_into_view_if_needed()

    @property
    def root(self) -> Any:
        """The editor."""
        return self.page.locator(".vnb-editor").first

    def show(self, name: str) -> None:
        """One of the workflows of nodes.py, all of it in view, nothing selected or open, the graph in front."""
        self.page.mouse.up()
        told = self.notebook.python(
            f"show({name!r}); print(len(documents[{name!r}].nodes), documents[{name!r}].name or 'Untitled', end='')"
        )
        count, title = int(told.split(" ")[0]), told.split(" ", 1)[1]
        self.page.wait_for_function(
            "(name) => document.querySelector('.vnb-editor [data-vnb-action=\"name\"]')?.textContent === name", arg=title
        )
        if self.find("[data-vnb-drawer]").count():
            self.find("[data-vnb-drawer] .vnb-drawer-head > .vnb-tool").click()
        self.press("mode-graph")
        self.notebook.until(lambda: self.page.locator(".vnb-editor .react-flow__node").count() == count, what=f"{count} nodes")
        self.clear()
        if count:
            self.page.keyboard.press("Shift+F")
        self.rest()

    def clear(self) -> None:
        """Closes what lies over the canvas, selects nothing, gives the canvas the focus."""
        for _ in range(3):
            self.page.keyboard.press("Escape")
        self.on_canvas()

    def on_canvas(self) -> None:
        """The focus on the canvas, nothing selected: a click on free ground at the lower left."""
        pane = self.find(".react-flow__pane")
        box = pane.bounding_box() or {"height": 400.0}
        pane.click(position={"x": 170, "y": box["height"] - 16})

    def free_ground(self) -> tuple[float, float]:
        """A place of the canvas with nothing on it, at the lower left."""
        box = self.find(".react-flow__pane").bounding_box()
        assert box
        return box["x"] + 170, box["y"] + box["height"] - 40

    def pan(self, right: float, down: float) -> None:
        """Drags the canvas."""
        x, y = self.free_ground()
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right, y + down, steps=5)
        self.page.mouse.up()
        self.rest()

    def select(self, *ids: str) -> None:
        """Clicks on the headers of nodes."""
        for i, id_ in enumerate(ids):
            self.node(id_).locator(".vnb-header-icon").click(modifiers=["Shift"] if i else [])

    def unfold(self, id_: str) -> None:
        """Has a node show all of its fields."""
        more = self.node(id_).locator(".vnb-more")
        if more.get_attribute("aria-expanded") == "false":
            more.click()

    def rest(self) -> None:
        """Waits until what moves has come to rest."""
        self.page.evaluate(measure.AT_REST)

    def middle(self, selector: str) -> tuple[float, float]:
        """Where something is on the page."""
        box = self.find(selector).bounding_box()
        assert box, selector
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def style(self, selector: str, name: str, pseudo: str = "") -> str:
        """What the page has computed for one property of one thing."""
        return str(self.find(selector).evaluate("(el, [name, pseudo]) => getComputedStyle(el, pseudo || null)[name]", [name, pseudo]))

    def until_style(self, selector: str, name: str, wanted: str) -> None:
        """Waits until a property is that."""
        self.notebook.until(lambda: self.style(selector, name) == wanted, what=f"{name} of {selector} to be {wanted}")

    def size(self, selector: str) -> tuple[float, float]:
        """Width and height in the editor's own pixels, whatever the zoom."""
        width, height = self.find(selector).evaluate("(el) => [el.offsetWidth, el.offsetHeight]")
        return float(width), float(height)

    def clipped(self, within: str = "") -> list[str]:
        """Words that are cut off: "class: text", with " …" where they end in dots."""
        return list(self.page.evaluate(measure.CLIPPED, f".vnb-editor {within}".strip()))

    def outside(self) -> list[str]:
        """Buttons and fields that stick out of the editor at its sides."""
        return list(self.page.evaluate(measure.OUTSIDE))

    def beyond_the_rules(self) -> list[str]:
        """What the editor never has: letters under 11 px, forced capitals, spaced letters, gradients, glass, emoji."""
        return list(self.page.evaluate(measure.NEVER))

    def colour(self, selector: str, name: str) -> tuple[int, int, int]:
        """A computed colour, as it is painted on what lies below it."""
        red, green, blue = self.find(selector).evaluate(measure.COLOUR, name)
        return red, green, blue

    def shot(self, folder: Path, name: str) -> None:
        """A picture of the editor."""
        self.rest()
        self.notebook.shot(folder, f"look-{name}", self.root)

    def run_state(self) -> str:
        return self.value("wb.last_run.state")


def open_gallery(open_notebook: OpenNotebook) -> Gallery:
    """Opens the notebook and waits for the first workflow."""
    notebook = open_notebook([SETUP, "wb"])
    notebook.run(0)
    notebook.run(1)
    gallery = Gallery(notebook)
    gallery.find('[data-vnb-action="mode-graph"]').wait_for(state="visible", timeout=60_000)
    gallery.press("mode-graph")
    gallery.node("3").wait_for(state="visible", timeout=60_000)
    return gallery
