"""Editing in a real notebook: what hands, keys and the clipboard do to the graph reaches the kernel, and can be undone."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.ui.conftest import OpenNotebook, notebooks
from tests.ui.lab_server import LabServer
from tests.ui.scene import SHOW, Scene, open_scene, open_to_reset

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

SETUP = '''
from typing import Annotated
import virgil_nb as vnb

@vnb.node("Paper", category="scene")
def paper(note: Annotated[str, vnb.Multiline()] = "plain") -> vnb.Image:
    """An empty sheet."""

@vnb.node("Soften", category="scene")
def soften(image: vnb.Image, radius: Annotated[float, vnb.Range(0, 50)] = 4.0) -> vnb.Image:
    """Gaussian blur of `image`, radius in pixels."""
    return image

@vnb.node("Hang", category="scene", output=True)
def hang(image: vnb.Image, room: str = "hall") -> None:
    """On the wall."""

wf = vnb.Workflow()
first = wf.add("Paper")
second = wf.add("Soften", image=first[0])
wf.add("Hang", image=second[0])
wf.editor.apply(vnb.engine.MoveNodes({"1": (0.0, 0.0), "2": (340.0, 0.0), "3": (680.0, 0.0)}))
wf = vnb.Workflow(wf.document)
'''
RESET = "wb.workflow.editor.replace(start)"


@pytest.fixture(scope="module")
def opened(lab: LabServer, browser: BrowserContext) -> Iterator[Scene]:
    for open_notebook in notebooks(lab, browser, "editing"):
        yield open_to_reset(open_notebook, SETUP)


@pytest.fixture
def scene(opened: Scene) -> Scene:
    """The chain 1 Paper, 2 Soften, 3 Hang in view, nothing selected or open, the canvas focused."""
    opened.page.mouse.up()
    opened.notebook.python(RESET)
    for _ in range(3):
        opened.page.keyboard.press("Escape")
        opened.page.wait_for_timeout(30)
    opened.notebook.until(lambda: opened.page.locator(".vnb-editor [data-vnb-node]").count() == 3, what="the first document")
    on_canvas(opened)
    opened.page.keyboard.press("Shift+F")
    opened.page.wait_for_timeout(350)
    return opened


def on_canvas(scene: Scene) -> None:
    """A click on free ground at the lower left."""
    pane = scene.find(".react-flow__pane")
    box = pane.bounding_box() or {}
    pane.click(position={"x": 160, "y": box["height"] - 30})


def select(scene: Scene, *ids: str) -> None:
    for i, id_ in enumerate(ids):
        scene.find(f'[data-vnb-node="{id_}"] .vnb-header').click(position={"x": 14, "y": 10}, modifiers=["Shift"] if i else [])


def read(scene: Scene, expression: str) -> Any:
    """A plain value of the kernel: numbers, texts, lists."""
    return literal_eval(scene.value(expression))


def links(scene: Scene) -> dict[str, Any]:
    """Who feeds whom in the kernel's document: {"2.image": ("1", 0), …}."""
    expression = "{f'{n.id}.{i}': (l.node, l.slot) for n in wb.workflow.document.nodes.values() for i, l in n.links.items()}"
    return dict(read(scene, expression))


def nodes(scene: Scene) -> dict[str, str]:
    """Id and type of the kernel's nodes."""
    return dict(read(scene, "{n.id: n.type for n in wb.workflow.document.nodes.values()}"))


def middle(scene: Scene, selector: str) -> tuple[float, float]:
    box = scene.find(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def between(scene: Scene, source: str, target: str) -> tuple[float, float]:
    """The middle of a link, on the page."""
    (x1, y1), (x2, y2) = (middle(scene, f'[data-vnb-socket="{socket}"]') for socket in (source, target))
    return (x1 + x2) / 2, (y1 + y2) / 2


CHAIN = {"2.image": ("1", 0), "3.image": ("2", 0)}


def test_nodes_are_copied_and_pasted_with_the_links_among_them(scene: Scene) -> None:
    select(scene, "2", "3")
    scene.page.keyboard.press("Control+c")
    on_canvas(scene)
    scene.page.keyboard.press("Control+v")
    scene.notebook.until(lambda: nodes(scene) == {"1": "Paper", "2": "Soften", "3": "Hang", "4": "Soften", "5": "Hang"})
    assert links(scene) == {**CHAIN, "5.image": ("4", 0)}
    scene.page.keyboard.press("Control+z")
    scene.notebook.until(lambda: len(nodes(scene)) == 3, what="one step back")


def test_cut_takes_nodes_out_and_paste_brings_them_back(scene: Scene) -> None:
    select(scene, "3")
    scene.page.keyboard.press("Control+x")
    scene.notebook.until(lambda: len(nodes(scene)) == 2)
    scene.page.keyboard.press("Control+v")
    scene.notebook.until(lambda: sorted(nodes(scene).values()) == ["Hang", "Paper", "Soften"])


def test_nodes_reach_another_notebook_by_the_clipboard(scene: Scene, open_notebook: OpenNotebook) -> None:
    scene.notebook.python("wb.workflow['Soften'].radius = 7.5")
    scene.notebook.until(lambda: scene.shown("2.radius") == "7.5")
    select(scene, "2", "3")
    scene.page.keyboard.press("Control+c")
    other = open_scene(open_notebook([SETUP, SHOW]))
    on_canvas(other)
    other.page.keyboard.press("Control+v")
    other.notebook.until(lambda: len(nodes(other)) == 5)
    assert other.value("wb.workflow['4'].radius") == "7.5"
    assert links(other) == {**CHAIN, "5.image": ("4", 0)}


def test_a_clipboard_that_is_not_ours_is_refused_in_words(scene: Scene) -> None:
    paste = """(text) => { const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', text);
      const event = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
      document.querySelector('.vnb-editor').dispatchEvent(event); }"""
    scene.page.evaluate(paste, "<img src=x onerror=window.__hacked=1>")
    scene.notebook.until(lambda: "text that is no workflow" in scene.find(".vnb-refusal").inner_text())
    scene.page.evaluate(paste, '{"format": "virgil_nb", "version": 99, "nodes": []}')
    scene.notebook.until(lambda: "newer virgil_nb" in scene.find(".vnb-refusal").inner_text())
    assert scene.page.evaluate("() => window.__hacked") is None
    assert scene.value("wb.workflow.document == start") == "True"


def test_a_duplicate_keeps_what_feeds_it(scene: Scene) -> None:
    select(scene, "2")
    scene.page.keyboard.press("Control+d")
    scene.notebook.until(lambda: links(scene) == {**CHAIN, "4.image": ("1", 0)})


def test_text_in_a_field_is_copied_as_text(scene: Scene) -> None:
    scene.type_into("1.note", "blue ")
    scene.page.keyboard.press("Control+a")
    scene.page.keyboard.press("Control+c")
    scene.page.keyboard.press("End")
    scene.page.keyboard.press("Control+v")
    assert scene.shown("1.note") == "blue blue "
    assert len(nodes(scene)) == 3


def test_deleting_with_ctrl_joins_what_is_left(scene: Scene) -> None:
    select(scene, "2")
    scene.page.keyboard.press("Control+Delete")
    scene.notebook.until(lambda: links(scene) == {"3.image": ("1", 0)})
    scene.page.keyboard.press("Control+z")
    scene.notebook.until(lambda: links(scene) == CHAIN, what="undo by a key, though what had the focus is gone")


def test_a_stroke_with_ctrl_cuts_the_links_it_crosses(scene: Scene) -> None:
    x, y = between(scene, "2.out:0", "3.in:image")
    scene.page.keyboard.down("Control")
    scene.page.mouse.move(x, y - 30)
    scene.page.mouse.down()
    scene.page.mouse.move(x, y + 30, steps=6)
    scene.page.mouse.up()
    scene.page.keyboard.up("Control")
    scene.notebook.until(lambda: links(scene) == {"2.image": ("1", 0)})


def test_a_double_click_on_a_link_puts_a_reroute_into_it(scene: Scene) -> None:
    scene.page.mouse.dblclick(*between(scene, "1.out:0", "2.in:image"))
    scene.notebook.until(lambda: nodes(scene).get("4") == "Reroute")
    assert links(scene) == {"4.": ("1", 0), "2.image": ("4", 0), "3.image": ("2", 0)}
    assert "IMAGE" in (scene.node("4").get_attribute("title") or "")
    assert scene.value("wb.workflow.validate()") == "[]"


def test_a_node_dropped_on_a_link_goes_into_it(scene: Scene) -> None:
    scene.notebook.python("wb.workflow.add('Soften'); wb.workflow.editor.apply(vnb.engine.MoveNodes({'4': (340.0, 260.0)}))")
    scene.node("4").wait_for(state="visible")
    on_canvas(scene)
    scene.page.keyboard.press("Shift+F")
    scene.page.wait_for_timeout(350)
    x, y = middle(scene, '[data-vnb-node="4"] .vnb-header')
    to_x, to_y = between(scene, "2.out:0", "3.in:image")
    scene.page.mouse.move(x, y)
    scene.page.mouse.down()
    scene.page.mouse.move(to_x, to_y - 20, steps=8)
    scene.find("[data-vnb-link][data-open]").wait_for(state="attached")
    scene.page.mouse.up()
    scene.notebook.until(lambda: links(scene) == {"2.image": ("1", 0), "4.image": ("2", 0), "3.image": ("4", 0)})
    scene.page.keyboard.press("Control+z")
    scene.notebook.until(lambda: links(scene) == CHAIN, what="move and links taken back as one step")


def test_a_link_is_plugged_in_elsewhere_by_its_end(scene: Scene) -> None:
    scene.notebook.python("wb.workflow.add('Hang'); wb.workflow.editor.apply(vnb.engine.MoveNodes({'4': (680.0, 200.0)}))")
    scene.node("4").wait_for(state="visible")
    start, end = middle(scene, '[data-vnb-socket="3.in:image"]'), middle(scene, '[data-vnb-socket="4.in:image"]')
    scene.page.mouse.move(*start)
    scene.page.mouse.down()
    scene.page.mouse.move((start[0] + end[0]) / 2 - 20, (start[1] + end[1]) / 2, steps=4)
    scene.page.mouse.move(*end, steps=4)
    scene.page.mouse.up()
    scene.notebook.until(lambda: links(scene) == {"2.image": ("1", 0), "4.image": ("2", 0)})


def test_a_frame_is_made_named_and_moved_with_its_nodes(scene: Scene) -> None:
    select(scene, "1", "2")
    scene.page.keyboard.press("Control+g")
    scene.page.keyboard.type("Studies")
    scene.page.keyboard.press("Enter")
    frames = "[(f.title, list(f.box)) for f in wb.workflow.document.frames.values()]"
    scene.notebook.until(lambda: "Studies" in scene.value(frames))
    before = read(scene, frames)[0][1]
    places = "[wb.workflow.document.nodes[i].position for i in ('1', '2', '3')]"
    stood = read(scene, places)
    x, y = middle(scene, ".vnb-frame-head b")
    scene.page.mouse.move(x, y)
    scene.page.mouse.down()
    scene.page.mouse.move(x + 20, y + 40, steps=5)
    scene.page.mouse.up()
    scene.notebook.until(lambda: read(scene, frames)[0][1] != before)
    after = read(scene, frames)[0][1]
    moved = (after[0] - before[0], after[1] - before[1])
    stands = read(scene, places)
    assert all(abs(now[k] - was[k] - moved[k]) <= 1 for now, was in zip(stands[:2], stood[:2], strict=True) for k in (0, 1))
    assert stands[2] == stood[2]
    scene.page.keyboard.press("Delete")
    scene.notebook.until(lambda: scene.value(frames) == "[]", what="the frame to go, and no node with it")
    assert len(nodes(scene)) == 3


def test_fold_colour_mute_and_bypass_are_kept_in_the_document(scene: Scene) -> None:
    look = "[(n.folded, n.colour, n.mode) for n in [wb.workflow.document.nodes['2']]]"
    select(scene, "2")
    scene.page.keyboard.press("c")
    scene.find('[data-vnb-node="2"][data-folded]').wait_for(state="attached")
    scene.page.keyboard.press("b")
    scene.node("2").click(button="right", position={"x": 14, "y": 10})
    scene.find('[data-vnb-menu] [data-vnb-command="colour"]').click()
    scene.find('[data-vnb-menu] [data-vnb-command="green"]').click()
    scene.notebook.until(lambda: scene.value(look) == "[(True, '#3d9a50', 'bypassed')]")
    scene.page.keyboard.press("c")
    scene.page.keyboard.press("m")
    scene.notebook.until(lambda: scene.value(look) == "[(False, '#3d9a50', 'muted')]")


def test_nodes_are_put_in_line_from_the_menu(scene: Scene) -> None:
    scene.notebook.python("wb.workflow.editor.apply(vnb.engine.MoveNodes({'2': (340.0, 90.0)}))")
    select(scene, "1", "2", "3")
    scene.node("3").click(button="right", position={"x": 14, "y": 10})
    scene.find('[data-vnb-menu] [data-vnb-command="align"]').click()
    scene.find('[data-vnb-menu] [data-vnb-command="top"]').click()
    tops = "{n.position[1] for n in wb.workflow.document.nodes.values()}"
    scene.notebook.until(lambda: scene.value(tops) == "{0.0}")


def test_the_keyboard_alone_adds_links_changes_and_deletes(scene: Scene) -> None:
    keyboard = scene.page.keyboard
    keyboard.press("Shift+A")
    scene.find("[data-vnb-palette]").wait_for(state="visible")
    keyboard.type("hang")
    keyboard.press("Enter")
    scene.notebook.until(lambda: nodes(scene).get("4") == "Hang")
    scene.find('[data-vnb-node="4"][data-selected]').wait_for(state="attached")
    keyboard.press("Shift+L")
    scene.find("[data-vnb-menu]").wait_for(state="visible")
    keyboard.press("Enter")  # image from …
    scene.find('[data-vnb-menu] [data-vnb-command="1.0.4.image"][data-active]').wait_for(state="visible")
    keyboard.press("Enter")
    scene.notebook.until(lambda: links(scene) == {**CHAIN, "4.image": ("1", 0)})
    keyboard.press("Alt+ArrowRight")
    keyboard.press("Delete")
    scene.notebook.until(lambda: links(scene) == CHAIN and len(nodes(scene)) == 3)


def test_the_search_finds_a_node_by_what_its_field_holds(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Hang'].room = 'the blue room'")
    scene.page.keyboard.press("Control+f")
    scene.page.keyboard.type("blue")
    scene.find('[data-vnb-found="3"]').wait_for(state="visible")
    scene.page.keyboard.press("Enter")
    scene.find('[data-vnb-node="3"][data-selected]').wait_for(state="attached")
    scene.page.keyboard.press("Escape")
    assert scene.page.locator("[data-vnb-find]").count() == 0


def test_actions_are_found_in_the_palette_and_told_by_the_sheet_of_keys(scene: Scene) -> None:
    select(scene, "2")
    scene.page.keyboard.press("/")
    scene.page.keyboard.type("bypass")
    scene.find('[data-vnb-palette] [data-vnb-command="bypass"]').wait_for(state="visible")
    scene.page.keyboard.press("Enter")
    scene.notebook.until(lambda: scene.value("wb.workflow.document.nodes['2'].mode") == "'bypassed'")
    scene.page.keyboard.press("?")
    sheet = scene.find('[data-vnb-sheet="Keys"]')
    sheet.wait_for(state="visible")
    said = sheet.inner_text()
    assert all(word in said for word in ("Duplicate", "Ctrl D", "Put a frame around", "Ctrl drag across", "Shift F"))
    scene.page.keyboard.press("Escape")
    sheet.wait_for(state="detached")


def test_help_says_what_the_node_says_of_itself(scene: Scene) -> None:
    select(scene, "2")
    scene.page.keyboard.press("h")
    sheet = scene.find('[data-vnb-sheet="Soften"]')
    sheet.wait_for(state="visible")
    assert "Gaussian blur of image, radius in pixels." in sheet.inner_text()
    assert "0 to 50" in sheet.inner_text()
    scene.page.keyboard.press("Escape")


def test_a_text_is_opened_large_and_what_is_typed_there_is_kept(scene: Scene) -> None:
    scene.type_into("1.note", "a note")
    scene.page.keyboard.press("Control+e")
    large = scene.find('[data-vnb-large="1.note"]')
    large.wait_for(state="visible")
    scene.page.keyboard.press("Control+End")
    scene.page.keyboard.type(", longer")
    scene.page.keyboard.press("Escape")
    large.wait_for(state="detached")
    scene.notebook.until(lambda: scene.value("wb.workflow['Paper'].note") == "'a note, longer'")


def test_a_fields_menu_stars_it_and_takes_it_back_to_its_default(scene: Scene) -> None:
    scene.notebook.python("wb.workflow['Soften'].radius = 9.0")
    scene.notebook.until(lambda: scene.shown("2.radius").startswith("9"))
    scene.find('[data-vnb-field="2.radius"] .vnb-label').click(button="right")
    scene.find('[data-vnb-menu] [data-vnb-command="default"]').click()
    scene.notebook.until(lambda: scene.value("wb.workflow['Soften'].radius") == "4.0")
    starred = "[(i.node, i.input) for i in wb.workflow.document.panel or ()]"
    before = read(scene, starred)
    scene.find('[data-vnb-field="2.radius"] .vnb-label').click(button="right")
    scene.find('[data-vnb-menu] [data-vnb-command="star"]').click()
    scene.notebook.until(lambda: read(scene, starred) != before, what="the panel to be chosen by hand")


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 620)])
def test_menus_and_frames_look_right(open_notebook: OpenNotebook, artifacts: Path, theme: str, width: int) -> None:
    scene = open_scene(open_notebook([SETUP, SHOW], theme=theme, width=width))
    scene.notebook.python("wb.workflow.editor.apply(vnb.engine.SetColour('1', '#2f7fd6'))")
    on_canvas(scene)
    scene.page.keyboard.press("Control+a")
    scene.page.keyboard.press("Control+g")
    scene.page.keyboard.press("Enter")
    scene.node("2").click(button="right", position={"x": 14, "y": 10})
    menu = scene.find("[data-vnb-menu]")
    menu.wait_for(state="visible")
    box, frame = menu.bounding_box(), scene.page.locator(".vnb-editor").first.bounding_box()
    assert box and frame
    assert box["x"] >= frame["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert box["y"] >= frame["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]
    scene.notebook.shot(artifacts, f"editing-{theme}-{width}")


def test_tidy_parts_a_pile_into_columns_that_follow_the_links(scene: Scene) -> None:
    scene.notebook.python(
        "second = wb.workflow.add('Soften', image=wb.workflow['1'][0], radius=9.0).info.id\n"
        "wb.workflow.editor.apply(vnb.engine.MoveNodes(dict.fromkeys(('1', '2', '3', second), (0.0, 0.0))))"
    )
    scene.notebook.until(lambda: scene.page.locator(".vnb-editor [data-vnb-node]").count() == 4, what="the second branch")
    scene.press("tidy")
    scene.notebook.until(lambda: read(scene, "wb.workflow.document.nodes['3'].position")[0] > 0, what="the places in the document")
    places = read(scene, "{id: tuple(node.position) for id, node in wb.workflow.document.nodes.items()}")
    (fork,) = set(places) - {"1", "2", "3"}
    assert places["1"][0] + 160 < places["2"][0], places
    assert places["2"][0] + 160 < places["3"][0], places
    assert places["2"][0] == places[fork][0], places
    assert places["2"][1] + 60 < places[fork][1], places
    on_canvas(scene)
    scene.page.keyboard.press("Control+z")
    scene.notebook.until(lambda: read(scene, "wb.workflow.document.nodes['3'].position")[0] == 0, what="the pile again")
