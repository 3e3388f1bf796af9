"""An engine of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine import kinds
from virgil_nb.engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine(kinds.REGISTRY)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _no_calls_yet() -> None:
    kinds.CALLS.clear()
