"""One notebook for all tests of the look: opened once, put back to light, wide and a plain font before each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import notebooks
from tests.ui.lab_server import LabServer
from tests.ui.look.gallery import Gallery, Setting, open_gallery

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


@pytest.fixture(scope="package")
def hall(lab: LabServer, browser: BrowserContext) -> Iterator[Gallery]:
    """The open notebook, as the test before left it."""
    for open_notebook in notebooks(lab, browser, "look"):
        yield open_gallery(open_notebook)


@pytest.fixture
def gallery(hall: Gallery, request: pytest.FixtureRequest) -> Gallery:
    """In light, wide and the plain font, unless the test says in which setting."""
    hall.page.bring_to_front()
    if "setting" not in request.fixturenames:
        hall.set(Setting())
    return hall
