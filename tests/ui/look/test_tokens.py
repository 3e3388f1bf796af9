"""Colours, letters, corners, shadows and motion: what the whole editor is made of, as the page has computed it."""

from __future__ import annotations

import pytest

from tests.ui.look.gallery import FONTS, PAIRS, THEMES, Gallery, Setting
from tests.ui.look.measure import Colour, contrast, rgb

TOKENS = {
    "light": {"--vnb-text-2": "#6c6f75", "--vnb-warn": "#b45f06", "--vnb-accent-text": "#1565c0", "--vnb-error": "#d32f2f"},
    "dark": {"--vnb-text-2": "#a4a6ab", "--vnb-warn": "#ffb04d", "--vnb-accent-text": "#6cb8ff", "--vnb-error": "#ff6b62"},
}
GROUNDS: dict[str, dict[str, Colour]] = {
    "light": {
        ".vnb-canvas": (247, 247, 248),
        '[data-vnb-node="2"]': (255, 255, 255),
        ".vnb-toolbar": (255, 255, 255),
        '[data-vnb-field="1.few"] .vnb-field': (243, 244, 245),
        '[data-vnb-action="run"]': (25, 118, 210),
    },
    "dark": {
        ".vnb-canvas": (22, 22, 22),
        '[data-vnb-node="2"]': (37, 37, 37),
        ".vnb-toolbar": (37, 37, 37),
        '[data-vnb-field="1.few"] .vnb-field': (49, 49, 49),
        '[data-vnb-action="run"]': (25, 118, 210),
    },
}
RAISED = {"light": (255, 255, 255), "dark": (42, 42, 42)}
SHADOWS = {
    "light": ("rgba(15, 23, 42, 0.05) 0px 2px 8px", "rgba(15, 23, 42, 0.14) 0px 12px 32px"),
    "dark": ("rgba(0, 0, 0, 0.28) 0px 2px 8px", "rgba(0, 0, 0, 0.55) 0px 12px 32px"),
}
LETTERS = {
    "meta": (".vnb-more", "11px", "14px", "400"),
    "label": ('[data-vnb-field="1.few"] .vnb-label', "12px", "16px", "400"),
    "value": ('[data-vnb-field="1.few"] .vnb-value', "12px", "16px", "400"),
    "title": ('[data-vnb-node="1"] .vnb-title', "13px", "18px", "600"),
    "prompt": ("[data-vnb-panel] textarea", "15px", "22px", "400"),
    "empty": (".vnb-empty-title", "20px", "28px", "600"),
}
PROBE = """(el, name) => { const probe = document.createElement('i'); probe.style.color = `var(${name})`; el.append(probe);
  const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number); probe.remove(); return [r, g, b]; }"""


def near(one: Colour, other: Colour) -> bool:
    """The same but for rounding."""
    return all(abs(a - b) <= 1 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_the_colours_of_the_tokens_reach_the_page(gallery: Gallery, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("fields")
    for name, wanted in TOKENS[setting.theme].items():
        assert tuple(gallery.root.evaluate(PROBE, name)) == rgb(wanted), name
    painted = {selector: gallery.colour(selector, "backgroundColor") for selector in GROUNDS[setting.theme]}
    assert [name for name, wanted in GROUNDS[setting.theme].items() if not near(painted[name], wanted)] == [], painted
    quiet, field = (gallery.colour('[data-vnb-field="1.few"] .vnb-label', name) for name in ("color", "backgroundColor"))
    assert contrast(quiet, field) >= 4.5
    assert contrast(gallery.colour('[data-vnb-field="1.few"] .vnb-value', "color"), field) >= 7
    assert contrast(gallery.colour('[data-vnb-action="run"]', "color"), painted['[data-vnb-action="run"]']) >= 4.5
    gallery.find('[data-vnb-field="1.few"] .vnb-field').hover()
    hovered = gallery.colour('[data-vnb-field="1.few"] .vnb-field', "backgroundColor")
    assert hovered != painted['[data-vnb-field="1.few"] .vnb-field'], "a field under the pointer shows that it can be used"


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_what_lies_higher_casts_the_larger_shadow_and_has_the_rounder_corners(gallery: Gallery, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("lake")
    node, popup = SHADOWS[setting.theme]
    assert node in gallery.style('[data-vnb-node="2"]', "boxShadow")
    assert gallery.style(".vnb-canvas", "boxShadow") == gallery.style(".vnb-toolbar", "boxShadow") == "none"
    assert gallery.root.evaluate("el => getComputedStyle(el).borderTopLeftRadius") == "10px"
    gallery.press("add")
    gallery.rest()
    assert popup in gallery.style("[data-vnb-palette]", "boxShadow")
    assert gallery.style("[data-vnb-palette]", "borderRadius") == "12px"
    assert near(gallery.colour("[data-vnb-palette]", "backgroundColor"), RAISED[setting.theme])
    assert gallery.style("[data-vnb-palette]", "animationDuration") == "0.16s"
    gallery.page.keyboard.press("Escape")


@pytest.mark.parametrize("setting", PAIRS, ids=str)
def test_letters_are_the_hosts_and_of_the_sizes_of_the_scale(gallery: Gallery, setting: Setting) -> None:
    gallery.set(setting)
    found = {}
    for document, names in (("fields", ("meta", "label", "value", "title")), ("panel", ("prompt",)), ("empty", ("empty",))):
        gallery.show(document)
        if document == "panel":
            gallery.press("mode-panel")
        for name in names:
            selector = LETTERS[name][0]
            found[name] = (selector, *(gallery.style(selector, style) for style in ("fontSize", "lineHeight", "fontWeight")))
            assert gallery.style(selector, "fontFamily").startswith(FONTS[setting.font].split(",")[0]), name
    assert found == LETTERS
    assert gallery.root.evaluate("el => getComputedStyle(el).fontVariantNumeric") == "tabular-nums"


def test_code_is_in_the_hosts_font_for_code(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.press("code")
    gallery.find(".vnb-code").wait_for(state="visible")
    host = str(
        gallery.page.evaluate("() => getComputedStyle(document.body).getPropertyValue('--jp-code-font-family').split(',')[0].trim()")
    )
    assert gallery.style(".vnb-code", "fontFamily").startswith(host)
    gallery.press("code")


def test_icons_are_drawn_with_round_opaque_strokes_in_a_box_of_16_px(gallery: Gallery) -> None:
    gallery.show("lake")
    for action in ("add", "undo", "tidy", "find", "history", "code", "more"):
        icon = f'[data-vnb-action="{action}"] svg'
        assert gallery.find(icon).evaluate("el => [el.clientWidth, el.clientHeight]") == [16, 16], action
        assert (gallery.style(icon, "strokeWidth"), gallery.style(icon, "strokeLinecap")) == ("1.5px", "round"), action
        stroke = gallery.style(icon, "stroke")
        assert stroke.startswith("rgb(") and gallery.style(icon, "opacity") == "1", (action, stroke)


def test_the_editor_loads_no_font_and_leaves_the_hosts_looks_alone(gallery: Gallery) -> None:
    gallery.show("lake")
    faces = "() => [...document.styleSheets].filter(sheet => (sheet.ownerNode?.textContent ?? '').includes('.vnb-editor')).flatMap("
    faces += "sheet => [...sheet.cssRules]).filter(rule => rule instanceof CSSFontFaceRule).length"
    assert gallery.page.evaluate(faces) == 0
    beyond = """() => [...document.styleSheets].filter(sheet => (sheet.ownerNode?.textContent ?? '').includes('.vnb-editor'))
      .flatMap(sheet => [...sheet.cssRules]).filter(rule => rule.selectorText && !/vnb-/.test(rule.selectorText))
      .map(rule => rule.selectorText)"""
    assert [text for text in gallery.page.evaluate(beyond) if not text.startswith((".react-flow", "svg.react-flow", "&"))] == []
