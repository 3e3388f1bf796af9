"""A finger on a tablet: room to hit, a tap on one socket and then another, two fingers to zoom, a rest for the menu."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import notebooks
from tests.ui.lab_server import LabServer
from tests.ui.look.gallery import Gallery, open_gallery

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PINCH = (60.0, 90.0, 130.0, 170.0)


@pytest.fixture(scope="module")
def tablet(lab: LabServer, browser: BrowserContext) -> Iterator[Gallery]:
    owner = browser.browser
    assert owner
    context = owner.new_context(has_touch=True, is_mobile=True, viewport={"width": 1280, "height": 900})
    for open_notebook in notebooks(lab, context, "touch"):
        yield open_gallery(open_notebook)
    context.close()


def test_what_a_finger_touches_is_44_px(tablet: Gallery) -> None:
    tablet.show("lake")
    assert tablet.page.evaluate("() => matchMedia('(pointer: coarse)').matches")
    assert tablet.style('[data-vnb-socket="3.in:image"]', "width", "::after") == "44px"
    tablet.press("more")
    assert min(tablet.size('[data-vnb-menu] [role="menuitem"]')) >= 44
    tablet.page.keyboard.press("Escape")
    tablet.show("panel")
    tablet.press("mode-panel")
    for field in ("1.steps", "1.seed", "1.tiled", "1.many"):
        assert tablet.size(f'[data-vnb-panel] [data-vnb-field="{field}"] .vnb-field')[1] >= 44, field


def test_before_the_first_run_the_panel_has_a_dashed_frame_that_says_so(tablet: Gallery) -> None:
    tablet.show("panel")
    tablet.press("mode-panel")
    frame = tablet.find(".vnb-show-picture[data-empty]")
    frame.wait_for(state="visible")
    assert frame.evaluate("el => getComputedStyle(el).borderTopStyle") == "dashed"
    assert frame.inner_text() == "no picture yet: press Run"


def test_a_tap_on_a_socket_and_then_on_another_links_them(tablet: Gallery) -> None:
    tablet.show("lake")
    tablet.page.touchscreen.tap(*tablet.middle('[data-vnb-socket="7.out:0"]'))
    tablet.find('[data-vnb-socket="5.in:image"][data-fit="yes"]').wait_for(state="attached")
    tablet.page.touchscreen.tap(*tablet.middle('[data-vnb-socket="5.in:image"]'))
    link = "wb.workflow.document.nodes['5'].links.get('image')"
    tablet.notebook.until(lambda: tablet.value(link) == "Link(node='7', slot=0)", what="the link")


def test_a_finger_that_rests_opens_the_menu(tablet: Gallery) -> None:
    tablet.show("lake")
    x, y = tablet.middle('[data-vnb-node="2"] .vnb-title')
    touch = tablet.page.context.new_cdp_session(tablet.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    tablet.find("[data-vnb-menu]").wait_for(state="visible")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tablet.page.wait_for_timeout(200)
    assert tablet.find("[data-vnb-menu]").is_visible(), "it stays when the finger is lifted"
    tablet.page.keyboard.press("Escape")


def test_two_fingers_zoom(tablet: Gallery) -> None:
    tablet.show("lake")
    tablet.page.keyboard.press("1")
    tablet.rest()
    zoom = "() => new DOMMatrix(getComputedStyle(document.querySelector('.vnb-editor .react-flow__viewport')).transform).a"
    before = float(tablet.page.evaluate(zoom))
    box = tablet.find(".react-flow__pane").bounding_box()
    assert box
    x, y = box["x"] + 800, box["y"] + box["height"] - 30
    touch = tablet.page.context.new_cdp_session(tablet.page)
    for i, apart in enumerate(PINCH):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tablet.rest()
    assert float(tablet.page.evaluate(zoom)) != pytest.approx(before)
