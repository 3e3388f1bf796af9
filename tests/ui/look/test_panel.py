"""The simple view as it is drawn: a prompt, a shape, steps, a seed, one large button, the picture, and the ones before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.gallery import PAIRS, SETTINGS, Gallery, Setting

FIELDS = "all => all.map(e => e.dataset.vnbField)"


def show_panel(gallery: Gallery) -> None:
    gallery.show("dream")
    gallery.press("mode-panel")
    gallery.find("[data-vnb-panel] textarea").wait_for(state="visible")


def run(gallery: Gallery) -> None:
    """One run by the large button, to its picture in the strip."""
    before = gallery.value("wb.last_run and wb.last_run.id")
    gallery.press("run")
    gallery.notebook.until(lambda: gallery.value("wb.last_run.id") != before, what="another run")
    gallery.wait_until_idle()
    gallery.find('[data-vnb-shown="result"] [data-vnb-panel-image]').wait_for(state="visible")


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_panel_is_whole_in_any_theme_font_and_width(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    if gallery.page.locator('.vnb-editor [data-vnb-panel] [data-vnb-field="4.seed"]').count() == 0:
        show_panel(gallery)
        for seed in (3, 5, 7, 182736):
            gallery.notebook.python(f"wb.workflow['4'].seed = {seed}")
            run(gallery)
    gallery.find('[data-vnb-strip] [aria-pressed="true"] img').wait_for(state="visible")
    gallery.page.mouse.move(3, 3)
    gallery.shot(artifacts, f"panel-{setting}")
    shown = gallery.page.locator(".vnb-editor [data-vnb-panel] [data-vnb-field]").evaluate_all(FIELDS)
    assert shown == ["1.text", "3.width", "4.steps", "4.seed"]
    assert gallery.outside() == []
    assert [words for words in gallery.clipped("[data-vnb-panel]") if not words.endswith(" …")] == []
    controls = gallery.find(".vnb-controls-list")
    assert controls.evaluate("el => el.scrollHeight - el.clientHeight") <= 0, "all inputs are in sight"
    picture, run_button = gallery.find("[data-vnb-panel-image]").bounding_box(), gallery.find(".vnb-panel-run").bounding_box()
    root = gallery.root.bounding_box()
    assert picture and run_button and root
    if setting.cell == "wide":
        assert picture["x"] > run_button["x"] + run_button["width"], "the picture is at the right"
        assert picture["height"] > 0.7 * root["height"], "and the largest thing there"
    else:
        assert picture["y"] + picture["height"] < run_button["y"], "the picture is above"
        steps, seed = (gallery.find(f'[data-vnb-field="4.{name}"]').bounding_box() for name in ("steps", "seed"))
        assert steps and seed and steps["y"] == seed["y"], "two short inputs share a row"
        assert abs(steps["width"] - seed["width"]) < 2


@pytest.mark.parametrize("setting", PAIRS, ids=str)
def test_the_panel_says_what_each_thing_is(gallery: Gallery, setting: Setting) -> None:
    gallery.set(setting)
    show_panel(gallery)
    run(gallery)
    panel = gallery.find("[data-vnb-panel]").inner_text()
    for words in ("Describe a picture", "Shape", "768 × 768", "Square", "Portrait", "Landscape", "steps", "seed"):
        assert words in panel, words
    assert gallery.find('[data-vnb-action="more-inputs"]').inner_text() == "More: avoid, guidance, sampler"
    assert "about" in gallery.find('[data-vnb-action="run"]').inner_text()
    beside = gallery.find(".vnb-beside").inner_text()
    assert beside.startswith("Done in ") and "seed 182 736" in " ".join(beside.split()) and "20 steps" in beside
    for action, word in (("save-picture", "Save"), ("copy-picture", "Copy"), ("variation", "Variation")):
        assert gallery.find(f'[data-vnb-action="{action}"]').inner_text().strip() == word
    assert gallery.find('[data-vnb-shape="Square"]').get_attribute("aria-pressed") == "true"
    ring = gallery.find('[data-vnb-shape="Square"]').evaluate(
        "el => { const s = getComputedStyle(el); return s.boxShadow + s.borderColor; }"
    )
    accent = "rgb(33, 150, 243)" if setting.theme == "dark" else "rgb(25, 118, 210)"
    assert accent in ring, "the shape that is chosen has a ring"
    assert accent in gallery.style('[data-vnb-strip] [aria-pressed="true"]', "outlineColor"), "and so has the picture that is shown"


def test_a_shape_a_number_and_what_is_folded_are_changed_in_place(gallery: Gallery) -> None:
    show_panel(gallery)
    gallery.find('[data-vnb-shape="Portrait"]').click()
    size = "[wb.workflow['3'].width, wb.workflow['3'].height]"
    gallery.notebook.until(lambda: gallery.value(size) != "[768, 768]", what="another shape")
    width, height = (int(part) for part in gallery.value(size).strip("[]").split(","))
    assert width < height and abs(width * height - 768 * 768) < 0.2 * 768 * 768, "about as many pixels"
    gallery.press("exact-size")
    gallery.find('[data-vnb-field="3.height"]').wait_for(state="visible")
    gallery.press("exact-size")
    gallery.press("more-inputs")
    for field in ("2.text", "4.cfg", "4.sampler_name"):
        gallery.find(f'[data-vnb-panel] [data-vnb-field="{field}"]').wait_for(state="visible")
    assert gallery.find('[data-vnb-action="more-inputs"]').inner_text() == "Less"
    gallery.press("more-inputs")


def test_an_earlier_picture_is_looked_at_and_left_again(gallery: Gallery) -> None:
    show_panel(gallery)
    for seed in (11, 12):
        gallery.notebook.python(f"wb.workflow['4'].seed = {seed}")
        run(gallery)
    thumbs = gallery.page.locator(".vnb-editor [data-vnb-past]")
    gallery.notebook.until(lambda: thumbs.count() >= 2, what="two pictures in the strip")
    thumbs.nth(1).click()
    gallery.find('[data-vnb-shown="past"]').wait_for(state="visible")
    assert "seed" in gallery.find(".vnb-beside").inner_text()
    gallery.press("newest")
    gallery.find('[data-vnb-shown="result"]').wait_for(state="visible")
