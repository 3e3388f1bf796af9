"""How a node looks in each of its states, in each theme, font and width."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.gallery import SETTINGS, THEMES, Gallery, Setting
from tests.ui.look.measure import contrast

SAID = {
    "idle": ("idle", ""),
    "cached": ("cached", "cached"),
    "done": ("done", "0.1 s"),
    "error": ("error", "stopped"),
    "waiting": ("waiting", "waiting"),
    "needs": ("problem", "no latent"),
    "muted": ("muted", "muted"),
    "bypassed": ("bypassed", "bypassed"),
    "missing": ("missing", "missing"),
}
ICONS = {"cached", "error", "muted", "bypassed"}


def run_to_states(gallery: Gallery) -> None:
    """Two runs: what the first made comes from the cache in the second, what nobody made yet is done in it, and that one fails."""
    gallery.show("states")
    gallery.notebook.python("wb.workflow['done'].rounds = fresh = globals().get('fresh', 21) + 1")
    gallery.notebook.python("wb.start(['cached'])")
    gallery.notebook.until(lambda: gallery.run_state() == "'done'", what="the first run")
    gallery.notebook.python("wb.start(['cached', 'done', 'picture', 'waiting'])")
    gallery.notebook.until(lambda: gallery.run_state() == "'failed'", what="the second run")
    gallery.find('[data-vnb-error="error"]').wait_for(state="visible")
    gallery.find('[data-vnb-image="picture"]').wait_for(state="visible")
    gallery.on_canvas()


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_each_state_says_what_it_is_in_words_that_fit(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    if not (gallery.node("idle").count() and gallery.node("error").get_attribute("data-vnb-state") == "error"):
        run_to_states(gallery)
    gallery.set(setting)
    gallery.press("fit")
    if setting.cell == "narrow":
        gallery.rest()
        gallery.select("error")
        gallery.page.keyboard.press("f")
    gallery.shot(artifacts, f"states-{setting}")
    assert gallery.outside() == []
    for id_, (state, words) in SAID.items():
        node = gallery.node(id_)
        assert node.get_attribute("data-vnb-state") == state, id_
        status = node.locator(".vnb-status")
        assert (status.inner_text().strip() if status.count() else "") == words, id_
        assert status.locator("svg").count() == (1 if id_ in ICONS else 0), id_
    assert [text for text in gallery.clipped(".vnb-canvas") if "traceback" not in text] == []


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_each_state_is_told_by_more_than_colour_and_can_be_read(gallery: Gallery, setting: Setting) -> None:
    if not gallery.node("idle").count():
        run_to_states(gallery)
    gallery.set(setting)
    for id_ in ("muted", "bypassed", "missing"):
        assert gallery.style(f'[data-vnb-node="{id_}"]', "outlineStyle") == "dashed", id_
    of = {id_: f'[data-vnb-node="{id_}"]' for id_ in SAID}
    assert gallery.style(f"{of['muted']} .vnb-title", "opacity") == "0.45"
    assert gallery.style(f"{of['bypassed']} .vnb-fields", "opacity") == "0.4"
    assert gallery.style(f"{of['bypassed']} .vnb-sockets", "opacity") == "1"
    assert gallery.size(f"{of['bypassed']} .vnb-through")[1] == 2
    assert gallery.style(f"{of['needs']} .vnb-socket[data-needed]", "borderRadius", "::before") == "50%"
    for id_ in SAID:
        if gallery.node(id_).locator(".vnb-status").count():
            words, ground = (gallery.colour(f"{of[id_]} .vnb-status", name) for name in ("color", "backgroundColor"))
            assert contrast(words, ground) >= 4.5, id_
    title = gallery.style(f"{of['error']} .vnb-title", "fontSize"), gallery.style(f"{of['error']} .vnb-title", "fontWeight")
    assert title == ("13px", "600")


def test_an_error_hangs_below_its_node_covers_nothing_of_it_and_folds(gallery: Gallery) -> None:
    run_to_states(gallery)
    node, card = gallery.node("error").bounding_box(), gallery.find('[data-vnb-error="error"]').bounding_box()
    assert node and card
    assert card["y"] >= node["y"] + node["height"]
    buttons = gallery.page.locator('.vnb-editor [data-vnb-error="error"] button').all_inner_texts()
    assert buttons[-1].strip() == "Traceback", "what few need comes last"
    assert gallery.find('[data-vnb-error="error"] .vnb-trace').count() == 0
    gallery.page.keyboard.press("Escape")
    gallery.find('[data-vnb-error="error"]').wait_for(state="detached")
    assert gallery.node("error").locator(".vnb-status").inner_text().strip() == "stopped"
    gallery.node("error").locator(".vnb-status").click()
    gallery.find('[data-vnb-error="error"]').wait_for(state="visible")


def test_what_changed_since_the_run_is_marked_and_its_picture_kept(gallery: Gallery) -> None:
    run_to_states(gallery)
    source = gallery.find('[data-vnb-image="picture"]').get_attribute("src")
    assert gallery.node("picture").get_attribute("data-vnb-state") == "done"
    gallery.notebook.python("wb.workflow['picture'].red = 200")
    gallery.notebook.until(lambda: gallery.node("picture").locator(".vnb-status").inner_text() == "last run", what="the mark")
    assert gallery.find('[data-vnb-image="picture"]').get_attribute("src") == source
    assert gallery.style('[data-vnb-image="picture"]', "opacity") == "1"


@pytest.mark.parametrize("setting", [SETTINGS[0], SETTINGS[3]], ids=str)
def test_a_running_node_says_how_far_it_is_and_nothing_changes_its_size(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("running")
    before = {id_: gallery.size(f'[data-vnb-node="{id_}"]') for id_ in ("hold", "brood", "next")}
    gallery.notebook.python("wb.start(['next', 'brood'])")
    hold = gallery.node("hold")
    gallery.notebook.until(lambda: "12 / 20" in hold.inner_text(), what="how far it is")
    bar = '[data-vnb-node="hold"] [role="progressbar"]'
    assert gallery.find(bar).get_attribute("aria-valuenow") == "60"
    assert gallery.size(bar)[1] == 3
    assert gallery.size(bar)[0] == gallery.size('[data-vnb-node="hold"]')[0] - 20
    assert gallery.colour('[data-vnb-node="hold"] .vnb-status', "color") != gallery.colour('[data-vnb-node="hold"] .vnb-title', "color")
    assert "12 / 20" in gallery.find("[data-vnb-run-status]").inner_text()
    assert gallery.size(".vnb-total")[1] == 2
    gallery.shot(artifacts, f"running-{setting}")
    assert gallery.clipped(".vnb-canvas") == []
    assert {id_: gallery.size(f'[data-vnb-node="{id_}"]') for id_ in before} == before
    gallery.notebook.python("gate.set()")
    gallery.wait_for_picture("next")
    gallery.wait_until_idle()
    gallery.notebook.python("gate.clear(); wb.start(['brood'])")
    gallery.notebook.until(lambda: "running, 1 s" in gallery.node("brood").inner_text(), what="how long it has been at it")
    assert gallery.node("brood").locator('[role="progressbar"]').count() == 0
    assert {id_: gallery.size(f'[data-vnb-node="{id_}"]') for id_ in before} == before


def test_a_run_behind_others_says_its_place_in_line(gallery: Gallery) -> None:
    gallery.show("running")
    gallery.notebook.python("others.append(vnb.Workbench(vnb.Workflow(documents['running']))); others[0].start(['hold'])")
    gallery.notebook.python("wb.start(['hold'])")
    gallery.notebook.until(lambda: "in line" in gallery.node("hold").locator(".vnb-status").inner_text(), what="the place in line")
    assert gallery.node("hold").locator(".vnb-status").inner_text() == "2nd in line"
    assert gallery.node("hold").locator(".vnb-status svg").count() == 1
    gallery.show("lake")
