"""For everyone: names and a shown focus, what happens said aloud, stillness for who asks for it."""

from __future__ import annotations

from tests.ui.look.gallery import Gallery


def test_everything_in_the_toolbar_has_a_name_and_a_shown_focus(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.find('[data-vnb-action="run"]').focus()
    names = []
    for _ in range(9):
        gallery.page.keyboard.press("Tab")
        active = "() => { const a = document.activeElement, s = getComputedStyle(a);"
        active += " return [a.getAttribute('aria-label') || a.textContent, s.outlineStyle, s.outlineWidth, s.outlineOffset]; }"
        name, *outline = gallery.page.evaluate(active)
        names.append(name.strip())
        assert outline == ["solid", "2px", "2px"], name
    assert all(names)


def test_what_happens_is_said_aloud(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.notebook.python("wb.workflow['3'].red = 33")
    gallery.press("run")
    gallery.wait_for_picture("3")
    announcer = gallery.page.locator(".vnb-editor [data-vnb-announcer]").first
    assert announcer.get_attribute("aria-live") == "polite"
    gallery.notebook.until(lambda: "Done" in announcer.inner_text() or "done" in announcer.inner_text(), what="the end of the run, said")


def test_who_asks_for_stillness_gets_it(gallery: Gallery) -> None:
    moving = """() => [...document.querySelectorAll('.vnb-editor *')].filter(el => { const s = getComputedStyle(el);
      return [s.transitionDuration, s.animationDuration].some(d => d.split(',').some(part => parseFloat(part) > 0)); }).length"""
    gallery.show("lake")
    gallery.press("history")
    assert gallery.page.evaluate(moving) > 0
    gallery.page.emulate_media(reduced_motion="reduce")
    assert gallery.page.evaluate(moving) == 0
    gallery.page.emulate_media(reduced_motion="no-preference")
