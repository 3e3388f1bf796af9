"""A session of its own for each file, and the workflow that most of these tests run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import virgil_nb as vnb


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vnb.Session]:
    root = tmp_path_factory.mktemp("virgil")
    with vnb.Session(models=root / "models", inputs=root / "input", outputs=root / "output") as made:
        yield made


@pytest.fixture
def wf() -> vnb.Workflow:
    """Text to image in four steps."""
    made = vnb.Workflow.template("text-to-image")
    made["KSampler"].steps = 4
    return made
