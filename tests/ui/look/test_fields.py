"""What a hand does in each kind of field: numbers, seeds, texts, choices, toggles, stars."""

from __future__ import annotations

from ast import literal_eval
from typing import Any

import pytest

from tests.ui.look.gallery import Gallery


@pytest.fixture
def shop(gallery: Gallery) -> Gallery:
    """The node with a field of each kind, unfolded, at 100 %."""
    gallery.show("fields")
    gallery.unfold("1")
    gallery.find('[data-vnb-field="1.tiled"]').wait_for(state="visible")
    return gallery


def read(gallery: Gallery, name: str) -> Any:
    """A value of the node in the kernel."""
    return literal_eval(gallery.value(f"wb.workflow['1'].{name}"))


def wait_for(gallery: Gallery, name: str, wanted: object) -> None:
    gallery.notebook.until(lambda: read(gallery, name) == wanted, what=f"{name} to be {wanted!r}")


def drag(gallery: Gallery, name: str, by: int, key: str | None = None) -> None:
    """Drags sideways over a number."""
    x, y = gallery.middle(f'[data-vnb-field="1.{name}"]')
    gallery.page.mouse.move(x - by / 2, y)
    if key:
        gallery.page.keyboard.down(key)
    gallery.page.mouse.down()
    gallery.page.mouse.move(x - by / 2 + 3, y)
    gallery.page.mouse.move(x + by / 2 + 3, y, steps=abs(by) // 4)
    gallery.page.mouse.up()
    if key:
        gallery.page.keyboard.up(key)


def test_a_number_is_dragged_four_pixels_a_step_in_one_step_of_undo(shop: Gallery) -> None:
    drag(shop, "steps", 40)
    wait_for(shop, "steps", 30)
    shop.press("undo")
    wait_for(shop, "steps", 20)
    drag(shop, "cfg", 40, "Shift")
    shop.notebook.until(lambda: 6.5 < read(shop, "cfg") < 8, what="a tenth of the way with Shift")
    shop.press("undo")
    drag(shop, "steps", 12, "Control")
    wait_for(shop, "steps", 50)


def test_a_number_takes_sums_arrows_and_gives_its_default_back(shop: Gallery) -> None:
    shop.type_into("1.steps", "12*3+2")
    shop.page.keyboard.press("Enter")
    wait_for(shop, "steps", 38)
    shop.page.keyboard.press("ArrowUp")
    wait_for(shop, "steps", 39)
    shop.page.keyboard.press("Control+ArrowDown")
    wait_for(shop, "steps", 29)
    shop.page.keyboard.press("Escape")
    shop.find('[data-vnb-field="1.steps"] .vnb-field').dblclick()
    wait_for(shop, "steps", 20)


def test_the_wheel_never_changes_a_value(shop: Gallery) -> None:
    shop.find('[data-vnb-field="1.steps"] .vnb-field').click()
    shop.page.mouse.move(*shop.middle('[data-vnb-field="1.steps"]'))
    for _ in range(4):
        shop.page.mouse.wheel(0, 120)
    shop.rest()
    assert shop.shown("1.steps") == "20"
    assert read(shop, "steps") == 20


def test_the_bar_behind_a_number_is_where_it_stands_in_its_range(shop: Gallery) -> None:
    share = "(el) => el.getBoundingClientRect().width / el.parentElement.getBoundingClientRect().width"
    assert shop.find('[data-vnb-field="1.steps"] .vnb-fill').evaluate(share) == pytest.approx(19 / 59, abs=0.02)
    assert shop.find('[data-vnb-field="1.seed"] .vnb-fill').count() == 0


def test_a_value_out_of_range_is_red_says_the_range_and_is_kept(shop: Gallery) -> None:
    shop.type_into("1.steps", "900")
    shop.page.keyboard.press("Enter")
    wait_for(shop, "steps", 900)
    shop.page.keyboard.press("Escape")
    field = shop.find('[data-vnb-field="1.steps"] .vnb-field[data-fault]')
    field.wait_for(state="visible")
    assert "60" in (field.get_attribute("title") or "")
    assert shop.colour('[data-vnb-field="1.steps"] .vnb-value', "color") == (0xD3, 0x2F, 0x2F)
    assert shop.shown("1.steps") == "900"


def test_a_seed_is_grouped_thrown_and_told_what_to_do_at_each_run(shop: Gallery) -> None:
    assert shop.shown("1.seed").split() == ["182", "736"]
    shop.find('[data-vnb-field="1.seed"] [data-vnb-action="dice"]').click()
    shop.notebook.until(lambda: read(shop, "seed") != 182736, what="another seed")
    control = "dict(wb.workflow.document.nodes['1'].control).get('seed')"
    for word, kept in (("new each run", "'randomize'"), ("count up", "'increment'"), ("keep", "'fixed'")):
        shop.find('[data-vnb-field="1.seed"] [data-vnb-action="seed-mode"]').click()
        shop.page.locator('.vnb-popover [role="option"]', has_text=word).click()
        shop.notebook.until(lambda kept=kept: shop.value(control) == kept, what=word)


def test_a_seed_that_is_new_each_run_shows_the_one_that_was_used(gallery: Gallery) -> None:
    gallery.show("dream")
    gallery.find('[data-vnb-field="4.seed"] [data-vnb-action="seed-mode"]').click()
    gallery.page.locator('.vnb-popover [role="option"]', has_text="new each run").click()
    for _ in range(2):
        before = gallery.shown("4.seed")
        gallery.press("run")
        gallery.wait_until_idle()
        used = "wb.last_run.document.nodes['4'].values['seed']"
        gallery.notebook.until(
            lambda used=used: "".join(gallery.shown("4.seed").split()) == gallery.value(used), what="the seed that was used"
        )
    assert gallery.shown("4.seed") != before


def test_the_corner_of_a_text_opens_it_large(shop: Gallery) -> None:
    shop.find('[data-vnb-field="1.prompt"] .vnb-text').hover()
    shop.find('[data-vnb-field="1.prompt"] .vnb-text-large').click()
    large = shop.find('[data-vnb-large="1.prompt"]')
    large.wait_for(state="visible")
    shop.page.keyboard.press("Control+End")
    shop.page.keyboard.type(" at dusk")
    shop.page.keyboard.press("Escape")
    wait_for(shop, "prompt", "a fox at dusk")


def test_a_text_grows_to_six_lines_then_scrolls(shop: Gallery) -> None:
    box = '[data-vnb-field="1.prompt"] textarea'
    before = shop.size(box)[1]
    shop.type_into("1.prompt", "")
    heights = []
    for line in range(1, 10):
        shop.page.keyboard.type(f"line {line}")
        shop.page.keyboard.press("Enter")
        heights.append(shop.size(box)[1])
    assert before < heights[4] < 110
    assert heights[6] == heights[-1] == 6 * 16 + 12
    assert shop.find(box).evaluate("el => el.scrollHeight > el.clientHeight")


def test_a_weight_is_marked_and_changed_at_the_caret_and_tab_leaves(shop: Gallery) -> None:
    shop.type_into("1.prompt", "a (fox:1.2) in snow")
    assert shop.find('[data-vnb-field="1.prompt"] .vnb-weighted').inner_text() == "(fox:1.2)"
    shop.page.keyboard.press("Home")
    for _ in range(5):
        shop.page.keyboard.press("ArrowRight")
    shop.page.keyboard.press("Control+ArrowUp")
    shop.notebook.until(lambda: "1.25" in shop.shown("1.prompt") or "1.3" in shop.shown("1.prompt"), what="more weight")
    shop.page.keyboard.press("Tab")
    assert shop.page.evaluate("() => document.activeElement.tagName") != "TEXTAREA"
    assert "\t" not in shop.shown("1.prompt")


def test_a_choice_is_searched_from_eight_entries_on_and_keys_choose(shop: Gallery) -> None:
    shop.find('[data-vnb-field="1.few"] button').click()
    assert shop.page.locator('.vnb-popover [role="option"]').count() == 3
    assert shop.page.locator(".vnb-choices-search").count() == 0
    shop.page.keyboard.press("Escape")
    shop.find('[data-vnb-field="1.many"] button').click()
    shop.page.locator(".vnb-choices-search input").wait_for(state="visible")
    shop.page.keyboard.type("b8")
    assert shop.page.locator('.vnb-popover [role="option"]').all_inner_texts() == ["b8"]
    shop.page.keyboard.press("Enter")
    wait_for(shop, "many", "b8")
    assert shop.page.locator(".vnb-popover").count() == 0


def test_a_choice_that_is_gone_stays_in_red(shop: Gallery) -> None:
    shop.notebook.python("wb.workflow['1'].many = 'gone.safetensors'")
    field = shop.find('[data-vnb-field="1.many"] [data-fault]')
    field.wait_for(state="visible")
    assert "gone.safetensors" in field.inner_text()
    assert shop.colour('[data-vnb-field="1.many"] .vnb-value', "color") == (0xD3, 0x2F, 0x2F)


def test_a_toggle_is_switched_anywhere_in_its_row(shop: Gallery) -> None:
    row = shop.find('[data-vnb-field="1.tiled"] [role="switch"]')
    assert shop.size('[data-vnb-field="1.tiled"] .vnb-switch') == (26, 16)
    row.click(position={"x": 14, "y": 14})
    wait_for(shop, "tiled", True)
    assert row.get_attribute("aria-checked") == "true"
    row.focus()
    shop.page.keyboard.press("Space")
    wait_for(shop, "tiled", False)


def test_a_field_is_starred_onto_the_panel_by_menu_and_by_key(shop: Gallery) -> None:
    items = "[(item.node, item.input) for item in wb.workflow.document.panel or ()]"
    shop.find('[data-vnb-field="1.name"] .vnb-label').click(button="right")
    shop.find('[data-vnb-menu] [data-vnb-command="star"]').click()
    shop.notebook.until(lambda: "('1', 'name')" in shop.value(items), what="the star")
    shop.press("mode-panel")
    shop.find('[data-vnb-panel] [data-vnb-field="1.name"]').wait_for(state="visible")
    shop.press("mode-graph")
