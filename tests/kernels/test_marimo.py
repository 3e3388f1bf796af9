"""The workbench in marimo, which has neither Jupyter's kernel nor its page: two views of it, bare and as one of marimo's own elements."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from tests.kernels.conftest import NODES, page
from tests.kernels.stack import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

START_LIMIT = 90.0

APP = f"""
import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
{indent(NODES, "    ")}
    wb = vnb.Workbench(wf)

@app.cell
def _():
    mo.ui.anywidget(wb)
    return

@app.cell
def _():
    wb
    return
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where marimo shows the app."""
    (tmp_path / "app.py").write_text(APP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    places = {"VIRGIL_HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache"}
    env = dict(os.environ, PYTHONPATH=str(ROOT), **{variable: str(tmp_path / name) for variable, name in places.items()})
    command = [str(page("marimo").python), "-m", "marimo", "run", "app.py", *options]
    log = tmp_path / "server.log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, env=env, cwd=tmp_path, stdout=file, stderr=subprocess.STDOUT)
    try:
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit and server.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"marimo did not start:\n{log.read_text()[-3000:]}")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(15)


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
