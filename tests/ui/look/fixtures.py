"""The gallery as a fixture: opened once, put back to light, wide and its own font before each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import notebooks
from tests.ui.lab_server import LabServer
from tests.ui.look.gallery import Gallery, Setting, open_gallery

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


@pytest.fixture(scope="module")
def hall(lab: LabServer, browser: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Gallery]:
    """The open notebook, as the test before left it."""
    for open_notebook in notebooks(lab, browser, request.node.name.removesuffix(".py").split("/")[-1]):
        yield open_gallery(open_notebook)


@pytest.fixture
def gallery(hall: Gallery, request: pytest.FixtureRequest) -> Gallery:
    """In light, wide and the plain font, unless the test says in which setting."""
    if "setting" not in request.fixturenames:
        hall.set(Setting())
    return hall
