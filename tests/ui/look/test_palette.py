"""The search for nodes: what fits a dropped link, what fits with a node in between, what was meant, what is near."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.gallery import PAIRS, Gallery, Setting

PALETTE = "[data-vnb-palette]"
ENTRIES = "all => all.map(e => e.dataset.vnbEntry)"


def drop_link(gallery: Gallery, socket: str, *, by: tuple[float, float]) -> tuple[float, float]:
    """Drags a link out of a socket and lets it go over free ground; where."""
    x, y = gallery.middle(f'[data-vnb-socket="{socket}"]')
    gallery.page.mouse.move(x, y)
    gallery.page.mouse.down()
    gallery.page.mouse.move(x + by[0], y + by[1], steps=6)
    gallery.page.mouse.up()
    gallery.find(PALETTE).wait_for(state="visible")
    gallery.rest()
    return x + by[0], y + by[1]


def entries(gallery: Gallery) -> list[str]:
    return list(gallery.page.locator(f".vnb-editor {PALETTE} [data-vnb-entry]").evaluate_all(ENTRIES))


@pytest.mark.parametrize("setting", PAIRS, ids=str)
def test_a_link_dropped_on_free_ground_stays_in_sight_and_asks_for_what_fits(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("fields")
    x, y = drop_link(gallery, "2.out:0", by=(24, 120))
    assert "takes LATENT" in gallery.find(".vnb-chip").inner_text()
    assert gallery.find(".vnb-palette-group").inner_text() == "Connects to Empty latent, latent"
    found = entries(gallery)
    assert "Decode" in found and "Blank" not in found
    loose = ".vnb-link-loose .vnb-link-line"
    assert gallery.style(loose, "strokeDasharray") == "5px, 5px"
    end = gallery.find(loose).bounding_box()
    far = [end["x"] + end["width"] - x, end["y"] + end["height"] - y] if end else []
    assert far and max(map(abs, far)) <= 8, "it ends where it was dropped, but for its bend"
    if setting.cell == "wide":
        plug = gallery.middle(".vnb-waiting-end svg")
        assert abs(plug[0] - x) <= 2 and abs(plug[1] - y) <= 2, "its socket is at the edge of the search"
    gallery.page.keyboard.type("dec")
    gallery.shot(artifacts, f"palette-{setting}")
    entry = gallery.find(f'{PALETTE} [data-vnb-entry="Decode"]')
    assert entry.get_attribute("data-active") is not None
    assert "latent" in entry.inner_text() and "A picture of a latent." in entry.inner_text()
    assert entry.locator(".vnb-signature svg.vnb-glyph").count() == 2, "what it takes and what it gives"
    foot = gallery.find(".vnb-palette-foot").inner_text()
    assert "Enter" in foot and "add and connect" in foot and "all types" in foot
    assert gallery.outside() == []
    gallery.page.keyboard.press("Tab")
    gallery.find(".vnb-chip").wait_for(state="detached")
    assert gallery.page.locator(".vnb-editor .vnb-link-loose").count() == 0, "what is chosen now is joined to nothing"
    gallery.page.keyboard.press("Tab")
    gallery.page.keyboard.press("Enter")
    made = "[l.node for n in wb.workflow.document.nodes.values() if n.type == 'Decode' for l in n.links.values()]"
    gallery.notebook.until(lambda: gallery.value(made) == "['2']", what="the node and its link")


def test_a_link_dropped_before_an_input_asks_for_what_gives_it_and_leaves_its_node_in_sight(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.page.keyboard.press("1")
    gallery.pan(300, -20)
    drop_link(gallery, "6.in:mask", by=(-60, 10))
    assert "gives MASK" in gallery.find(".vnb-chip").inner_text()
    box, node = gallery.find(PALETTE).bounding_box(), gallery.node("6").bounding_box()
    assert box and node and box["x"] + box["width"] <= node["x"]
    gallery.page.keyboard.press("Escape")


def test_what_fits_with_a_node_in_between_is_offered_below(gallery: Gallery) -> None:
    gallery.show("lake")
    drop_link(gallery, "2.out:0", by=(50, 180))
    gallery.page.keyboard.type("blur")
    groups = gallery.page.locator(f".vnb-editor {PALETTE} .vnb-palette-group").all_inner_texts()
    assert groups[-1].startswith("With ") and groups[-1].endswith(" in between")
    gallery.page.keyboard.press("Enter")
    gallery.notebook.until(lambda: gallery.value("len(wb.workflow.document.nodes)") == "9", what="two nodes more")
    fed = "(lambda d: [d[n.links['image'].node].links for n in d.values() if n.type == 'Blur' and n.links])(wb.workflow.document.nodes)"
    assert "node='2'" in gallery.value(fed)
    gallery.press("undo")
    gallery.notebook.until(lambda: gallery.value("len(wb.workflow.document.nodes)") == "7", what="both gone by one undo")


def test_what_was_typed_is_marked_in_each_name(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.page.keyboard.press("/")
    gallery.page.keyboard.type("samp")
    mark = gallery.find(f"{PALETTE} .vnb-entry-name .vnb-hit")
    assert mark.inner_text().lower() == "samp"
    assert mark.evaluate("el => getComputedStyle(el).color") == "rgb(21, 101, 192)"
    gallery.page.keyboard.press("Escape")


def test_a_search_that_finds_nothing_offers_near_names(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.press("add")
    gallery.page.keyboard.type("Blurr")
    near = gallery.find(f"{PALETTE} .vnb-near")
    near.wait_for(state="visible")
    assert "Nothing is called “Blurr”." in gallery.find(".vnb-nothing").inner_text()
    assert 1 <= near.locator("button").count() <= 3
    near.locator("button", has_text="Blur").first.click()
    gallery.notebook.until(lambda: gallery.value("len(wb.workflow.document.nodes)") == "8", what="the node that was meant")
