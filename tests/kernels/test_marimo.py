"""The workbench in marimo, which has neither Jupyter's kernel nor its page: two views of it, bare and as one of marimo's own elements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kernels.conftest import NODES, page
from tests.kernels.marimo_server import app, marimo

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where marimo shows the app."""
    with marimo(page("marimo"), app(f"{NODES}\nwb = vnb.Workbench(wf)", "mo.ui.anywidget(wb)", "wb"), tmp_path) as address:
        yield address


@pytest.mark.ui
def test_marimo_opens_edits_runs_and_stops(address: str, browser: BrowserContext, artifacts: Path) -> None:
    from playwright.sync_api import expect

    shown = browser.new_page()
    shown.set_viewport_size({"width": 1300, "height": 1200})
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.goto(address)
    views = shown.locator(".vnb-editor")
    expect(views).to_have_count(2, timeout=60_000)
    first, second = views.nth(0), views.nth(1)
    expect(first.locator(".vnb-node")).to_be_visible()
    expect(first).to_have_css("display", "flex")  # else the style sheet did not reach it

    def fill(name: str, text: str) -> None:
        first.locator(f'[data-vnb-field="1.{name}"] .vnb-field').click()
        shown.keyboard.press("Control+a")
        shown.keyboard.type(text)
        shown.keyboard.press("Enter")

    fill("text", "an owl / in marimo?")  # keys that are shortcuts outside of fields
    expect(second.locator('[data-vnb-field="1.text"] input')).to_have_value("an owl / in marimo?")
    first.locator('[data-vnb-action="run"]').click()
    expect(second.locator('[data-vnb-image="1"]')).to_be_visible(timeout=60_000)
    shown.screenshot(path=artifacts / "marimo.png")

    expect(first.locator('[data-vnb-action="run"]')).to_be_visible(timeout=60_000)
    fill("steps", "100000")
    first.locator('[data-vnb-action="run"]').click()
    second.locator('[data-vnb-action="stop"]').click()
    expect(first.locator('[data-vnb-action="run"]')).to_be_visible(timeout=60_000)
    shown.close()
    assert errors == []
