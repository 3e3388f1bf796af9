"""Every key of the editor, pressed: what runs, adds, selects, changes, and what it leaves to the notebook and to one who types."""

from __future__ import annotations

from ast import literal_eval
from typing import Any

import pytest

from tests.ui.look.gallery import Gallery
from tests.ui.notebook_page import PANEL

SELECTED = "() => [...document.querySelectorAll('.vnb-editor [data-vnb-node][data-selected]')].map(e => e.dataset.vnbNode).sort()"
FOCUSED = "() => document.activeElement.classList.contains('react-flow__node') ? document.activeElement.dataset.id : null"
TYPES = "sorted(n.type for n in wb.workflow.document.nodes.values())"
IN_PALETTE = {
    "Run": "Ctrl Enter",
    "Undo": "Ctrl Z",
    "Select all": "Ctrl A",
    "Tidy": "L",
    "Find in the graph": "Ctrl F",
    "All in view": "Shift F",
    "Panel": "P",
    "Keys": "?",
    "Mute": "M",
    "Bypass": "B",
    "Fold": "C",
    "Duplicate": "Ctrl D",
    "Put a frame around": "Ctrl G",
    "Copy as Python": "Ctrl Shift C",
}


@pytest.fixture
def lake(gallery: Gallery) -> Gallery:
    gallery.show("lake")
    return gallery


def read(gallery: Gallery, expression: str) -> Any:
    """A plain value of the kernel."""
    return literal_eval(gallery.value(expression))


def selected(gallery: Gallery) -> list[str]:
    return list(gallery.page.evaluate(SELECTED))


def test_ctrl_shift_enter_runs_up_to_the_selection_and_ctrl_dot_stops(gallery: Gallery) -> None:
    gallery.show("running")
    gallery.select("brood")
    gallery.page.keyboard.press("Control+Shift+Enter")
    gallery.notebook.until(lambda: gallery.node("brood").get_attribute("data-vnb-state") == "running", what="the node to run")
    assert gallery.node("hold").get_attribute("data-vnb-state") == "idle"
    gallery.page.keyboard.press("Control+.")
    gallery.wait_until_idle()
    assert gallery.run_state() == "'cancelled'"


def test_ctrl_enter_runs_all(lake: Gallery) -> None:
    lake.notebook.python("wb.workflow['3'].red = 71")
    lake.page.keyboard.press("Control+Enter")
    lake.wait_for_picture("3")
    lake.notebook.until(lambda: lake.run_state() == "'done'", what="the end of the run")


@pytest.mark.parametrize("way", ["double click", "Shift+A", "/"])
def test_a_node_is_searched_for_and_added(lake: Gallery, way: str) -> None:
    before = read(lake, TYPES)
    if way == "double click":
        pane = lake.find(".react-flow__pane")
        pane.dblclick(position={"x": 170, "y": (pane.bounding_box() or {"height": 400.0})["height"] - 60})
    else:
        lake.page.keyboard.press(way)
    lake.find("[data-vnb-palette]").wait_for(state="visible")
    lake.page.keyboard.type("blur")
    lake.page.keyboard.press("Enter")
    lake.notebook.until(lambda: read(lake, TYPES) == sorted([*before, "Blur"]), what="another Blur")
    lake.page.keyboard.press("Control+z")
    lake.notebook.until(lambda: read(lake, TYPES) == before, what="one step back")
    lake.page.keyboard.press("Control+Shift+z")
    lake.notebook.until(lambda: read(lake, TYPES) != before, what="and forth")


def test_nodes_are_selected_by_click_box_keys_and_let_go_by_escape(lake: Gallery) -> None:
    lake.select("1")
    assert selected(lake) == ["1"]
    lake.select("1", "2")
    assert selected(lake) == ["1", "2"]
    lake.page.wait_for_timeout(1300)  # a second Escape soon after the first goes back to the notebook
    lake.page.keyboard.press("Escape")
    lake.notebook.until(lambda: selected(lake) == [], what="nothing selected")
    lake.on_canvas()
    lake.page.keyboard.press("Control+a")
    lake.notebook.until(lambda: len(selected(lake)) == 7, what="all nodes")
    lake.on_canvas()
    box, low = lake.node("5").bounding_box(), lake.node("6").bounding_box()
    assert box and low
    lake.page.keyboard.down("Shift")
    lake.page.mouse.move(box["x"] - 14, box["y"] - 10)
    lake.page.mouse.down()
    lake.page.mouse.move(low["x"] + low["width"] + 14, low["y"] + low["height"] + 10, steps=8)
    assert lake.find(".react-flow__selection").is_visible(), "the box is drawn"
    lake.page.mouse.up()
    lake.page.keyboard.up("Shift")
    lake.notebook.until(lambda: selected(lake) == ["5", "6"], what="what the box touched")


def test_tab_and_arrows_go_from_node_to_node_and_alt_arrows_move_by_ten(lake: Gallery) -> None:
    on_the_way = []
    for _ in range(40):
        lake.page.keyboard.press("Tab")
        node = lake.page.evaluate(FOCUSED)
        if node and node not in on_the_way:
            on_the_way.append(node)
            assert selected(lake) == [node]
        if len(on_the_way) == 2:
            break
    assert len(on_the_way) == 2, "Tab comes from one node to the next"
    lake.select("2")
    lake.page.keyboard.press("ArrowLeft")
    lake.notebook.until(lambda: selected(lake) == ["1"], what="the node to the left")
    x, y = read(lake, "tuple(wb.workflow.document.nodes['1'].position)")
    lake.page.keyboard.press("Alt+ArrowDown")
    lake.page.keyboard.press("Alt+ArrowRight")
    place = "tuple(wb.workflow.document.nodes['1'].position)"
    lake.notebook.until(lambda: read(lake, place) == (x + 10, y + 10), what="a move by 10 each way")


def test_what_is_selected_is_copied_as_python(lake: Gallery) -> None:
    lake.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lake.select("1", "2")
    lake.page.keyboard.press("Control+Shift+c")
    copied = lake.notebook.until(lambda: lake.page.evaluate("() => navigator.clipboard.readText()"), what="the code")
    made = "space = {}; exec(%r, space); flow = next(v for v in space.values() if isinstance(v, vnb.Workflow))"
    lake.notebook.python(made % str(copied))
    assert read(lake, "sorted(n.type for n in flow.document.nodes.values())") == ["Blank", "Develop"]


def test_states_folds_and_the_view_are_turned_by_single_letters(lake: Gallery) -> None:
    mode = "wb.workflow.document.nodes['2'].mode"
    lake.select("2")
    for key, wanted in (("m", "muted"), ("m", "on"), ("b", "bypassed"), ("b", "on")):
        lake.page.keyboard.press(key)
        lake.notebook.until(lambda wanted=wanted: read(lake, mode) == wanted, what=wanted)
    lake.page.keyboard.press("c")
    lake.find('[data-vnb-node="2"][data-folded]').wait_for(state="attached")
    lake.page.keyboard.press("c")
    lake.page.keyboard.press("h")
    lake.find('[data-vnb-sheet="KSampler"]').wait_for(state="visible")
    lake.page.keyboard.press("Escape")
    lake.page.keyboard.press("Control+g")
    lake.page.keyboard.press("Escape")
    lake.notebook.until(lambda: read(lake, "len(wb.workflow.document.frames)") == 2, what="a frame")
    lake.clear()
    lake.page.keyboard.press("l")
    where = "tuple(wb.workflow.document.nodes['5'].position)"
    lake.notebook.until(lambda: read(lake, where) != (300.0, 180.0), what="nodes in order")
    lake.page.keyboard.press("p")
    lake.find("[data-vnb-panel]").wait_for(state="visible")
    lake.page.keyboard.press("p")
    lake.find(".vnb-canvas").wait_for(state="visible")


def test_s_stars_the_field_that_has_the_focus(gallery: Gallery) -> None:
    gallery.show("fields")
    gallery.unfold("1")
    gallery.find('[data-vnb-field="1.tiled"] [role="switch"]').focus()
    gallery.page.keyboard.press("s")
    items = "[item.input for item in wb.workflow.document.panel or ()]"
    gallery.notebook.until(lambda: "tiled" in read(gallery, items), what="the star")


def test_letters_belong_to_the_text_while_one_types(gallery: Gallery) -> None:
    gallery.show("fields")
    gallery.select("1")
    gallery.type_into("1.prompt", "mbcls p?/1")
    gallery.page.keyboard.press("Delete")
    assert gallery.shown("1.prompt") == "mbcls p?/1"
    gallery.notebook.until(lambda: read(gallery, "wb.workflow['1'].prompt") == "mbcls p?/1", what="the text")
    node = "[(n.mode, n.folded) for n in [wb.workflow.document.nodes['1']]]"
    assert read(gallery, node) == [("on", False)]
    assert gallery.page.locator(".vnb-editor [data-vnb-palette], .vnb-editor [data-vnb-sheet]").count() == 0
    assert gallery.find(".vnb-canvas").is_visible()


def test_each_action_is_in_the_palette_with_its_key(lake: Gallery) -> None:
    lake.notebook.python("wb.workflow['3'].red = 14")
    lake.select("2")
    lake.page.keyboard.press("/")
    search = lake.find("[data-vnb-palette] input")
    for name, key in IN_PALETTE.items():
        search.fill(name)
        entry = lake.find(f'[data-vnb-palette] [data-vnb-command]:has-text("{name}")')
        entry.wait_for(state="visible")
        assert entry.locator("kbd").inner_text() == key, name
    lake.page.keyboard.press("Escape")


def test_the_notebooks_own_keys_are_off_but_shift_enter(lake: Gallery) -> None:
    cells = lake.page.locator(".jp-Cell")
    before = cells.count()
    for key in ("a", "b", "x", "d", "d", "0", "0"):
        lake.page.keyboard.press(key)
    assert cells.count() == before
    active = f"() => {PANEL}.content.activeCellIndex"
    lake.page.evaluate(f"() => {{ {PANEL}.content.activeCellIndex = 1; }}")
    lake.on_canvas()
    lake.page.keyboard.press("Shift+Enter")
    lake.notebook.until(lambda: cells.count() == before + 1, what="the notebook to run the cell and go on to the next")
    assert lake.page.evaluate(active) == 2
    lake.page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:delete-cell'); }")
    lake.notebook.wait_idle()
    lake.node("3").wait_for(state="visible")
