"""What the pointer does on the canvas: links made and refused, the view moved and zoomed, the map, and whose the wheel is."""

from __future__ import annotations

from ast import literal_eval
from typing import Any

import pytest

from tests.ui.look.gallery import THEMES, Gallery, Setting

VIEWPORT = "() => document.querySelector('.vnb-editor .react-flow__viewport').style.transform"
ZOOM = "() => new DOMMatrix(getComputedStyle(document.querySelector('.vnb-editor .react-flow__viewport')).transform).a"
SCROLLED = """() => { let at = document.querySelector('.vnb-editor');
  while (at && !(at.scrollHeight > at.clientHeight + 20 && /auto|scroll/.test(getComputedStyle(at).overflowY))) at = at.parentElement;
  return at ? at.scrollTop : -1; }"""


@pytest.fixture
def lake(gallery: Gallery) -> Gallery:
    gallery.show("lake")
    return gallery


def read(gallery: Gallery, expression: str) -> Any:
    return literal_eval(gallery.value(expression))


def link(gallery: Gallery, node: str, name: str) -> Any:
    """What feeds an input, in the kernel."""
    return read(gallery, f"(lambda l: l and (l.node, l.slot))(wb.workflow.document.nodes[{node!r}].links.get({name!r}))")


def hold(gallery: Gallery, start: str, end: str) -> tuple[float, float]:
    """Drags from one socket to another and holds there."""
    gallery.page.mouse.move(*gallery.middle(f'[data-vnb-socket="{start}"]'))
    gallery.page.mouse.down()
    x, y = gallery.middle(f'[data-vnb-socket="{end}"]')
    gallery.page.mouse.move(x + 30, y + 30, steps=3)
    gallery.page.mouse.move(x, y, steps=3)
    return x, y


def test_two_clicks_link_two_sockets(lake: Gallery) -> None:
    lake.page.mouse.click(*lake.middle('[data-vnb-socket="7.out:0"]'))
    lake.find('[data-vnb-socket="5.in:image"][data-fit="yes"]').wait_for(state="attached")
    lake.page.mouse.click(*lake.middle('[data-vnb-socket="5.in:image"]'))
    lake.notebook.until(lambda: link(lake, "5", "image") == ("7", 0), what="the link")


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_what_does_not_fit_says_why_at_the_pointer_and_what_would_help(gallery: Gallery, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("lake")
    x, y = hold(gallery, "2.out:0", "5.in:image")
    reason = gallery.find(".vnb-refusal")
    reason.wait_for(state="visible")
    assert "needs IMAGE, this is LATENT" in reason.inner_text()
    place = reason.bounding_box()
    assert place and 0 <= place["x"] - x <= 60 and 0 <= place["y"] - y <= 60
    gallery.page.mouse.up()
    menu = gallery.find("[data-vnb-menu]")
    menu.wait_for(state="visible")
    assert "Add Decode between them" in menu.inner_text()
    menu.locator('[role="menuitem"]', has_text="Add Decode").first.click()
    gallery.notebook.until(lambda: link(gallery, "5", "image") is not None, what="the link through another node")
    between = link(gallery, "5", "image")[0]
    assert link(gallery, between, "latent") == ("2", 0)


def test_the_view_is_dragged_and_dragged_with_space_over_a_node(lake: Gallery) -> None:
    before = lake.page.evaluate(VIEWPORT)
    lake.pan(40, -30)
    dragged = lake.page.evaluate(VIEWPORT)
    assert dragged != before
    lake.on_canvas()
    place = "tuple(wb.workflow.document.nodes['5'].position)"
    stands = read(lake, place)
    x, y = lake.middle('[data-vnb-node="5"] .vnb-title')
    lake.page.keyboard.down("Space")
    lake.page.mouse.move(x, y)
    lake.page.mouse.down()
    lake.page.mouse.move(x - 40, y + 20, steps=5)
    lake.page.mouse.up()
    lake.page.keyboard.up("Space")
    assert lake.page.evaluate(VIEWPORT) != dragged
    assert read(lake, place) == stands, "the node stays where it is"


def test_the_wheel_zooms_once_the_editor_was_clicked_and_scrolls_the_notebook_before(lake: Gallery) -> None:
    x, y = lake.free_ground()
    lake.page.mouse.move(x, y)
    before = lake.page.evaluate(ZOOM)
    lake.page.mouse.wheel(0, -240)
    lake.notebook.until(lambda: lake.page.evaluate(ZOOM) > before, what="a larger view")
    for _ in range(3):
        lake.page.keyboard.press("Escape")
    lake.notebook.until(lambda: lake.root.get_attribute("data-focused") is None, what="the notebook to have the focus")
    zoom, scrolled = lake.page.evaluate(ZOOM), lake.page.evaluate(SCROLLED)
    assert scrolled > 300, "there is a notebook above to scroll to"
    lake.page.mouse.move(x, y)
    lake.page.mouse.wheel(0, -200)
    lake.notebook.until(lambda: lake.page.evaluate(SCROLLED) < scrolled, what="the notebook to scroll")
    assert lake.page.evaluate(ZOOM) == zoom
    lake.page.keyboard.down("Control")
    lake.page.mouse.wheel(0, -120)
    lake.page.keyboard.up("Control")
    lake.notebook.until(lambda: lake.page.evaluate(ZOOM) > zoom, what="Ctrl and the wheel to zoom all the same")
    lake.root.scroll_into_view_if_needed()


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_a_map_is_there_when_something_is_out_of_sight_and_there_is_room(gallery: Gallery, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("lake")
    assert gallery.page.locator(".vnb-editor .vnb-map").count() == 0
    for _ in range(3):
        gallery.press("zoom-in")
    gallery.find(".vnb-map").wait_for(state="visible")
    gallery.rest()
    box, canvas = gallery.find(".vnb-map").bounding_box(), gallery.find(".vnb-canvas").bounding_box()
    assert box and canvas
    assert (round(box["width"]), round(box["height"])) == (132, 76)
    right, bottom = (canvas[a] + canvas[b] - box[a] - box[b] for a, b in (("x", "width"), ("y", "height")))
    assert round(right) == round(bottom) == 12, "in the lower right corner"
    gallery.set(Setting(setting.theme, cell="narrow"))
    gallery.find(".vnb-map").wait_for(state="detached")
    gallery.press("fit")


def test_the_node_that_is_selected_has_a_ring_and_nothing_else_has(lake: Gallery) -> None:
    plain = lake.style('[data-vnb-node="5"]', "boxShadow")
    lake.select("5")
    ring = [lake.style(f'[data-vnb-node="{id_}"]', name) for id_ in ("5", "6") for name in ("boxShadow", "outlineColor", "borderTopColor")]
    assert ring[:3] != ring[3:]
    assert any("rgb(25, 118, 210)" in value for value in ring[:3]) and not any("rgb(25, 118, 210)" in value for value in ring[3:])
    assert "rgb(25, 118, 210)" not in plain
