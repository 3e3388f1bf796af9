"""Each view of the editor: nothing cut off, nothing beyond the edge, nothing that the look rules out, nothing that axe finds wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.gallery import PAIRS, Gallery, Setting
from tests.ui.look.views import VIEWS

AXE = Path(__file__).resolve().parents[3] / "js" / "node_modules" / "axe-core" / "axe.min.js"
# What axe is told to leave out: nothing. Rules of a whole page (landmarks, its title) belong to the notebook around the editor.
CHECK = """async () => { const rules = ['region', 'page-has-heading-one', 'landmark-one-main', 'bypass', 'document-title', 'heading-order'];
  const found = await axe.run('.vnb-editor', {resultTypes: ['violations'],
    rules: Object.fromEntries(rules.map(id => [id, {enabled: false}]))});
  return found.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
    .flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 160)} | ${n.failureSummary.split('\\n')[1] ?? ''}`)); }"""
# Texts of any length: they end in dots where there is no more room.
OF_ANY_LENGTH = ("vnb-clip", "vnb-name", "vnb-past-change", "vnb-beside-setting", "vnb-value", "vnb-entry-said")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("setting", PAIRS, ids=str)
def test_a_view_is_whole_and_axe_finds_nothing_serious(gallery: Gallery, artifacts: Path, setting: Setting, view: str) -> None:
    gallery.set(setting)
    VIEWS[view](gallery)
    gallery.shot(artifacts, f"view-{view}-{setting}")
    assert gallery.outside() == []
    assert [words for words in gallery.clipped() if not (words.startswith(OF_ANY_LENGTH) and words.endswith(" …"))] == []
    assert gallery.beyond_the_rules() == []
    if setting.font != "plain":
        return  # axe is slow, and has looked at either theme and width in the other font
    if not gallery.page.evaluate("() => 'axe' in window"):
        gallery.page.evaluate(AXE.read_text(encoding="utf-8"))
    assert gallery.page.evaluate(CHECK) == []
