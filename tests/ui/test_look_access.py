"""For everyone: axe finds nothing wrong in any view, a finger has room, and who asks for stillness gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.fixtures import gallery, hall
from tests.ui.look.gallery import THEMES, Gallery, Setting
from tests.ui.look.views import VIEWS

__all__ = ["gallery", "hall"]

AXE = Path(__file__).resolve().parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
# What axe is told to leave out: nothing. Rules of a whole page (landmarks, its title) belong to the notebook around the editor.
CHECK = """async () => { const rules = ['region', 'page-has-heading-one', 'landmark-one-main', 'bypass', 'document-title', 'heading-order'];
  const found = await axe.run('.vnb-editor', {resultTypes: ['violations'],
    rules: Object.fromEntries(rules.map(id => [id, {enabled: false}]))});
  return found.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
    .flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 160)} | ${n.failureSummary.split('\\n')[1] ?? ''}`)); }"""


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_axe_finds_nothing_serious(gallery: Gallery, artifacts: Path, setting: Setting, view: str) -> None:
    gallery.set(setting)
    if not gallery.page.evaluate("() => 'axe' in window"):
        gallery.page.evaluate(AXE.read_text(encoding="utf-8"))
    VIEWS[view](gallery)
    gallery.rest()
    gallery.shot(artifacts, f"view-{view}-{setting.theme}")
    assert gallery.page.evaluate(CHECK) == []
    assert gallery.outside() == []


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
