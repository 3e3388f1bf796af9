"""The measures of a node, a frame and a reroute, what gives way in a full header, and what is left from afar."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.gallery import SETTINGS, THEMES, Gallery, Setting

WIDE = [setting for setting in SETTINGS if setting.cell == "wide"]
LINK_STEPS = """
@vnb.node("Count", category="fields")
def count() -> int:
    return 3
wb.workflow["3"].rounds = wb.workflow.add("Count")[0]
"""


@pytest.mark.parametrize("setting", WIDE, ids=str)
def test_a_node_has_the_measures_of_the_look_and_no_word_of_it_is_cut_off(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("fields")
    gallery.shot(artifacts, f"fields-{setting}")
    node = '[data-vnb-node="1"]'
    assert gallery.size(node)[0] == 236
    assert gallery.size(f"{node} .vnb-header")[1] == 34
    assert gallery.find(f"{node} .vnb-header-icon svg").evaluate("el => el.clientWidth") == 15
    assert gallery.style(f"{node} .vnb-header", "columnGap") == "8px"
    assert (gallery.style(f"{node} .vnb-title", "fontSize"), gallery.style(f"{node} .vnb-title", "fontWeight")) == ("13px", "600")
    assert gallery.style(node, "borderRadius") == "10px"
    assert gallery.size('[data-vnb-node="3"] .vnb-socket-row')[1] == 24
    assert gallery.size('[data-vnb-field="1.few"]')[1] == 28
    assert gallery.style('[data-vnb-field="1.few"] .vnb-field', "borderRadius") == "6px"
    assert gallery.style(f"{node} .vnb-fields", "rowGap") == "4px"
    assert gallery.style(f"{node} .vnb-fields", "paddingLeft") == "8px"
    steps, cfg = (gallery.find(f'[data-vnb-field="1.{name}"]').bounding_box() for name in ("steps", "cfg"))
    assert steps and cfg and steps["y"] == cfg["y"], "two short numbers share a row"
    assert gallery.clipped(".vnb-canvas") == []


def test_seldom_changed_fields_fold_under_how_many_more(gallery: Gallery) -> None:
    gallery.show("fields")
    more = gallery.node("1").locator(".vnb-more")
    if more.get_attribute("aria-expanded") == "true":
        more.click()
    assert more.inner_text() == "3 more"
    assert gallery.find('[data-vnb-field="1.tiled"]').count() == 0
    more.click()
    gallery.find('[data-vnb-field="1.tiled"]').wait_for(state="visible")
    assert more.inner_text() == "fewer"
    more.click()


def test_a_field_fed_by_a_link_stays_as_a_row_that_says_from_where(gallery: Gallery) -> None:
    gallery.show("fields")
    gallery.notebook.python(LINK_STEPS)
    row = gallery.find('[data-vnb-field="3.rounds"][data-kind="linked"]')
    row.wait_for(state="visible")
    assert row.inner_text().split("\n") == ["rounds", "from Count"]
    assert gallery.size('[data-vnb-field="3.rounds"]')[1] == 28


@pytest.mark.parametrize("setting", WIDE, ids=str)
def test_in_a_full_header_the_status_gives_way_before_the_title(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("long")
    gallery.notebook.python("wb.start(['1'])")
    gallery.notebook.until(lambda: gallery.run_state() == "'done'", what="the run")
    gallery.notebook.python("wb.start(['1', '2'])")
    gallery.notebook.until(lambda: gallery.node("1").get_attribute("data-vnb-state") == "cached", what="a cached node")
    gallery.notebook.until(lambda: "12 / 20" in gallery.node("2").inner_text(), what="a running node")
    gallery.shot(artifacts, f"header-{setting}")
    status = gallery.node("1").locator(".vnb-status").bounding_box()
    words = gallery.node("1").locator(".vnb-status-text").bounding_box()
    icon = gallery.node("1").locator(".vnb-status svg").bounding_box()
    title, node = gallery.node("1").locator(".vnb-title").bounding_box(), gallery.node("1").bounding_box()
    assert status and words and icon and title and node
    assert words["y"] >= status["y"] + status["height"] - 1, "the word is out of sight"
    assert status["x"] <= icon["x"] and icon["x"] + icon["width"] <= status["x"] + status["width"] + 1, "its icon is not"
    assert title["x"] + title["width"] <= status["x"]
    assert status["x"] + status["width"] <= node["x"] + node["width"]
    assert gallery.clipped('[data-vnb-node="2"]') == [], "there is room for both"


def test_a_node_is_widened_at_its_right_edge_in_tens_and_never_below_160(gallery: Gallery) -> None:
    gallery.show("fields")
    for by, wanted in ((68, {300, 310}), (-400, {160})):
        x, y = gallery.middle('[data-vnb-node="2"] .vnb-edge-grip')
        gallery.page.mouse.move(x, y)
        gallery.page.mouse.down()
        gallery.page.mouse.move(x + by, y, steps=6)
        gallery.page.mouse.up()
        gallery.notebook.until(lambda wanted=wanted: gallery.size('[data-vnb-node="2"]')[0] in wanted, what=f"a width of {wanted}")
    assert gallery.value("wb.workflow.document.nodes['2'].size[0]") in ("160", "160.0")


def test_a_picture_has_its_place_from_the_start_and_stays_in_it(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.notebook.python("added = wb.workflow.add('Tone', image=wb.workflow['7'][0]).info.id; wb.workflow.remove('3')")
    id_ = gallery.notebook.python("print(added, end='')")
    node = f'[data-vnb-node="{id_}"]'
    gallery.node(id_).wait_for(state="visible")
    gallery.clear()
    gallery.page.keyboard.press("Shift+F")
    gallery.rest()
    assert gallery.node(id_).inner_text().count("no picture yet") == 1
    assert gallery.style(f"{node} .vnb-picture", "borderTopStyle") == "dashed"
    before = gallery.size(node)
    gallery.press("run")
    gallery.wait_for_picture(id_)
    gallery.wait_until_idle()
    assert gallery.size(node) == before
    assert gallery.style(f"{node} .vnb-picture", "borderTopLeftRadius") == "7px"
    figure, box = gallery.find(f"{node} .vnb-picture").bounding_box(), gallery.node(id_).bounding_box()
    assert figure and box
    zoom = box["width"] / before[0]
    assert abs(figure["x"] - box["x"] - 8 * zoom) < 1
    caption = gallery.node(id_).locator(".vnb-caption").inner_text()
    assert "256 × 256" in caption
    assert gallery.style(f"{node} .vnb-caption", "fontSize") == "11px"


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_a_colour_of_ones_own_tints_header_and_icon_and_no_more(gallery: Gallery, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("lake")
    plain = {part: gallery.colour(f'[data-vnb-node="2"] {part}', "backgroundColor") for part in (".vnb-header", ".vnb-sockets")}
    icon = gallery.style('[data-vnb-node="2"] .vnb-header-icon', "color")
    gallery.notebook.python("wb.workflow.editor.apply(vnb.engine.SetColour('2', '#3d9a50'))")
    gallery.find('[data-vnb-node="2"][data-tinted]').wait_for(state="attached")
    header = gallery.colour('[data-vnb-node="2"] .vnb-header', "backgroundColor")
    wanted = [round(ground + (part - ground) * 0.1) for ground, part in zip(plain[".vnb-header"], (0x3D, 0x9A, 0x50), strict=True)]
    assert all(abs(now - then) <= 2 for now, then in zip(header, wanted, strict=True)), (header, wanted)
    assert gallery.colour('[data-vnb-node="2"] .vnb-sockets', "backgroundColor") == plain[".vnb-sockets"]
    assert gallery.style('[data-vnb-node="2"] .vnb-header-icon', "color") != icon


def test_a_picture_is_its_nodes_and_not_that_of_a_node_with_its_id_in_another_workflow(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.press("run")
    gallery.wait_for_picture("3")
    gallery.wait_until_idle()
    gallery.show("fields")
    assert gallery.page.locator('.vnb-editor [data-vnb-node="3"] img').count() == 0
    assert gallery.node("3").get_attribute("data-vnb-state") == "idle"


def test_a_frame_and_a_reroute_are_as_drawn(gallery: Gallery) -> None:
    gallery.show("lake")
    assert gallery.style(".vnb-frame", "borderRadius") == "10px"
    assert gallery.style(".vnb-frame-head b", "fontWeight") == "600"
    gallery.press("run")
    gallery.wait_for_picture("3")
    gallery.wait_until_idle()
    assert gallery.find(".vnb-frame-state").inner_text() in ("cached", "done")
    assert gallery.size('[data-vnb-node="4"] .vnb-reroute-dot') == (8, 8)
    assert gallery.colour('[data-vnb-node="4"] .vnb-reroute-dot', "backgroundColor") == (0xC0, 0x2F, 0xA0)


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_from_afar_titles_sockets_pictures_and_bars_are_left(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("fields")
    for _ in range(12):
        if int(gallery.find('[data-vnb-action="zoom-100"]').inner_text().rstrip("% ")) <= 55:
            break
        gallery.press("zoom-out")
        gallery.rest()
    gallery.shot(artifacts, f"afar-{setting.theme}")
    assert gallery.node("1").locator(".vnb-title").is_visible()
    assert gallery.page.locator('.vnb-editor [data-vnb-socket="3.in:latent"]').is_visible()
    assert not gallery.node("1").locator(".vnb-label").first.is_visible()
    field = gallery.node("1").locator(".vnb-field").first.bounding_box()
    assert field and field["height"] > 8, "fields are plain bars"
    gallery.press("zoom-100")
    gallery.node("1").locator(".vnb-label").first.wait_for(state="visible")
