"""Folders of their own for each test, and small seeded models made on the fly."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from virgil_nb.nodes.folders import Folders


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """The default folders, below a fresh directory."""
    monkeypatch.setenv("VIRGIL_HOME", str(tmp_path / "home"))
    folders = Folders.default()
    for folder in (folders.models / "checkpoints", folders.models / "vae", folders.input, folders.output):
        folder.mkdir(parents=True)
    return folders


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint, drawn once."""
    from tests.nodes.tiny import write_checkpoint

    return write_checkpoint(tmp_path_factory.mktemp("models") / "tiny.safetensors")


@pytest.fixture
def with_model(home: Folders, tiny_file: Path) -> Folders:
    """Folders in which the tiny checkpoint lies."""
    shutil.copy2(tiny_file, home.models / "checkpoints" / "tiny.safetensors")
    return home
