"""The toolbar in wide and narrow cells, the quiet places, and what keys do to the view."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look import measure
from tests.ui.look.gallery import SETTINGS, Gallery, Setting

ORDER = ["run", "add", "undo", "redo", "tidy", "name", "find", "history", "code", "more", "mode-panel", "mode-graph"]
SHOWN = """() => [...document.querySelectorAll('.vnb-editor .vnb-toolbar [data-vnb-action]')]
  .filter(el => el.getBoundingClientRect().width > 0).sort((a, b) => a.getBoundingClientRect().x - b.getBoundingClientRect().x)
  .map(el => el.dataset.vnbAction)"""
ZOOM = "() => document.querySelector('.vnb-editor .react-flow__viewport').style.transform"


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_toolbar_is_in_order_and_nothing_in_it_touches(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("lake")
    gallery.shot(artifacts, f"toolbar-{setting}")
    hidden = {"undo", "redo", "tidy", "find"} if setting.cell == "narrow" else set()
    assert gallery.page.evaluate(SHOWN) == [action for action in ORDER if action not in hidden]
    assert gallery.page.evaluate(measure.OVERLAPPING) == []
    assert gallery.outside() == []
    assert gallery.size(".vnb-toolbar")[1] == 40
    if setting.cell == "wide":
        assert gallery.clipped(".vnb-toolbar") == []


def test_what_has_no_room_in_a_narrow_toolbar_is_in_the_menu(gallery: Gallery) -> None:
    gallery.set(Setting(cell="narrow"))
    gallery.show("lake")
    gallery.notebook.python("wb.workflow['3'].red = 12; wb.workflow['3'].red = 13; wb.workflow.editor.undo()")
    gallery.press("more")
    words = gallery.page.get_by_role("menuitem").all_inner_texts()
    for name in ("Undo", "Redo", "Tidy", "Find"):
        assert any(text.startswith(name) for text in words), name
    gallery.page.keyboard.press("Escape")


def test_a_sign_without_a_word_tells_its_name_and_key(gallery: Gallery) -> None:
    gallery.show("lake")
    for action, key in (("add", "Shift A"), ("undo", "Ctrl Z"), ("tidy", "L"), ("find", "Ctrl F")):
        button = gallery.find(f'[data-vnb-action="{action}"]')
        assert f"({key})" in (button.get_attribute("title") or ""), action
        assert button.get_attribute("aria-label"), action


def test_keys_zoom_fit_and_go_from_node_to_node(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.select("2")
    gallery.page.keyboard.press("f")
    gallery.rest()
    near = gallery.page.evaluate(ZOOM)
    gallery.page.keyboard.press("Shift+F")
    gallery.rest()
    assert gallery.page.evaluate(ZOOM) != near
    gallery.page.keyboard.press("1")
    gallery.rest()
    assert gallery.find('[data-vnb-action="zoom-100"]').inner_text() == "100%"
    gallery.page.keyboard.press("ArrowLeft")
    gallery.find('[data-vnb-node="1"][data-selected]').wait_for(state="attached")


def test_until_it_is_clicked_the_wheel_scrolls_the_notebook_and_escape_twice_gives_the_focus_back(gallery: Gallery) -> None:
    gallery.show("lake")
    focused = "() => document.querySelector('.vnb-editor').hasAttribute('data-focused')"
    assert gallery.page.evaluate(focused)
    line = gallery.root.evaluate("el => getComputedStyle(el).borderTopColor")
    gallery.page.keyboard.press("Escape")
    gallery.page.keyboard.press("Escape")
    gallery.notebook.until(lambda: not gallery.page.evaluate(focused), what="the notebook to have the focus")
    assert gallery.root.evaluate("el => getComputedStyle(el).borderTopColor") != line
    before = gallery.page.evaluate(ZOOM)
    gallery.find(".react-flow__pane").hover(position={"x": 30, "y": 300})
    gallery.page.mouse.wheel(0, -120)
    gallery.rest()
    assert gallery.page.evaluate(ZOOM) == before
