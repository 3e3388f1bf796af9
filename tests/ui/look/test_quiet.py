"""Quiet places: an empty graph and its four starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.gallery import PAIRS, Gallery, Setting

STARTS = ["Text to image", "Image to image", "Repaint a part", "Open a workflow"]
# Words that lie over each other, or under the zoom.
COVERED = """() => { const shown = [...document.querySelectorAll('.vnb-editor :is(.vnb-empty-title, .vnb-empty-text, .vnb-start)'),
    ...document.querySelectorAll('.vnb-editor :is(.vnb-empty-keys > span, .vnb-zoom)')].filter(el => el.offsetParent);
  const found = []; shown.forEach((a, i) => shown.slice(i + 1).forEach(b => {
    const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
    if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1)
      found.push(`${a.textContent} / ${b.textContent}`); }));
  return found; }"""
DRAWN = """all => all.map(e => { const p = e.querySelector('.vnb-start-picture');
  return [p.clientHeight, p.querySelector('svg') !== null]; })"""


@pytest.mark.parametrize("setting", PAIRS, ids=str)
def test_an_empty_graph_offers_four_starts_with_pictures_and_three_keys(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("empty")
    starts = gallery.page.locator(".vnb-editor [data-vnb-start]")
    gallery.notebook.until(lambda: starts.count() == 4, what="four starts")
    gallery.shot(artifacts, f"empty-{setting}")
    assert gallery.find(".vnb-empty-title").inner_text() == "Choose a start"
    assert starts.locator("b").all_inner_texts() == STARTS
    heights = starts.evaluate_all(DRAWN)
    assert all(drawn and height >= 100 for height, drawn in heights), heights
    assert gallery.page.locator(".vnb-editor .vnb-empty-keys kbd").all_inner_texts() == ["Double click", "Ctrl V", "?"]
    assert gallery.find('[data-vnb-action="run"]').get_attribute("aria-disabled") == "true", "there is nothing to run"
    assert gallery.page.evaluate(COVERED) == []
    assert gallery.clipped(".vnb-empty") == []
    assert gallery.outside() == []


def test_a_start_is_chosen_with_the_keyboard_and_is_a_graph_in_view(gallery: Gallery) -> None:
    gallery.show("empty")
    gallery.find('[data-vnb-start="Text to image"]').focus()
    gallery.page.keyboard.press("Enter")
    gallery.notebook.until(lambda: gallery.page.locator(".vnb-editor .react-flow__node").count() == 7, what="the nodes of the start")
    gallery.rest()
    canvas = gallery.find(".vnb-canvas").bounding_box()
    assert canvas
    for node in gallery.page.locator(".vnb-editor .react-flow__node").all():
        box = node.bounding_box()
        assert box and canvas["x"] <= box["x"] and box["x"] + box["width"] <= canvas["x"] + canvas["width"]
    gallery.press("undo")
    gallery.find("[data-vnb-start]").wait_for(state="visible")
