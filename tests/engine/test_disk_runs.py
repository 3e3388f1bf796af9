"""Runs with a disk tier: a new engine on the same folder serves what was stored, and makes what was not, or has gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.kinds import draw
from virgil_nb.engine import Cache, DiskTier, Document, Engine, NodeReturn, Registry, RunResult, SetValue, current, node
from virgil_nb.engine.caching import cache as cache_module
from virgil_nb.engine.caching import disk_room

REGISTRY = Registry()


@node(registry=REGISTRY)
def load(name: str = "fox") -> bytes:
    """A result of some size."""
    return name.encode() * 5000


@node(registry=REGISTRY)
def grow(x: bytes, by: int = 2) -> bytes:
    """`x` several times; it has something to say."""
    context = current()
    assert context is not None
    context.note(f"grown by {by}", level="warning")
    return x * by


@node(registry=REGISTRY)
def recipe(x: bytes) -> object:
    """A value that no file can hold."""
    return object()


@node(registry=REGISTRY, output=True)
def show(x: bytes, title: str = "") -> None:
    """Shows how long it is."""
    return NodeReturn(ui={"shown": [title, len(x)]})  # type: ignore[return-value]


PICTURE = """
    A:load -> B:grow(by=3).x -> C:show.x
"""


def ran(folder: Path, document: Document, outputs: list[str] | None = None, policy: Any = "budget") -> RunResult:
    """A run in an engine of its own, which is over when this returns and has stored what it will."""
    engine = Engine(REGISTRY, cache=Cache(1 << 26, policy=policy, disk=DiskTier(folder)))
    try:
        return engine.submit(document, outputs=outputs).result()
    finally:
        assert engine.cache.flush(60)
        engine.close()


@pytest.fixture
def _all_is_worth_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes of tests take no time, so their results would be made again rather than stored."""
    for module in (cache_module, disk_room):
        monkeypatch.setattr(module, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(disk_room, "SECONDS_PER_BYTE", 0.0)


@pytest.mark.parametrize("policy", ["budget", "needed"])
def test_what_a_workflow_shows_is_served_by_a_new_engine_that_executes_nothing(tmp_path: Path, policy: Any) -> None:
    first = ran(tmp_path, draw(PICTURE), policy=policy)
    second = ran(tmp_path, draw(PICTURE), policy=policy)
    assert first.executed == ("A", "B", "C") and second.executed == () and second.cached == ("A", "B", "C")
    assert second.ui("C") == first.ui("C") == {"shown": ["", 45_000]}
    assert second.notes("B") == (("warning", "grown by 3"),)


@pytest.mark.usefixtures("_all_is_worth_a_file")
def test_an_edit_makes_only_what_it_changes(tmp_path: Path) -> None:
    ran(tmp_path, draw(PICTURE))
    edited = ran(tmp_path, SetValue("C", "title", "new").apply(draw(PICTURE)))
    assert edited.executed == ("C",) and edited.ui("C") == {"shown": ["new", 45_000]}
    assert edited.outputs("A") == (b"fox" * 5000,) and edited.outputs("B") == (b"fox" * 15_000,)


@pytest.mark.usefixtures("_all_is_worth_a_file")
def test_what_is_damaged_or_has_gone_is_made_again_within_the_run(tmp_path: Path) -> None:
    first = ran(tmp_path, draw(PICTURE))
    edited = SetValue("C", "title", "new").apply(draw(PICTURE))
    files = list(tmp_path.iterdir())
    assert len(files) == 3
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    result = ran(tmp_path, edited)
    assert result.executed == ("A", "B", "C") and result.outputs("B") == first.outputs("B")
    for path in tmp_path.iterdir():
        path.unlink()
    assert ran(tmp_path, edited).executed == ("A", "B", "C")


@pytest.mark.usefixtures("_all_is_worth_a_file")
def test_what_no_file_can_hold_is_made_again(tmp_path: Path) -> None:
    document = draw("A:load -> B:recipe.x\nA -> C:show.x")
    assert ran(tmp_path, document, ["B", "C"]).executed == ("A", "B", "C")
    assert ran(tmp_path, document, ["B", "C"]).executed == ("B",)


def test_a_new_process_with_another_hash_seed_executes_nothing(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from tests.engine.test_disk_runs import PICTURE, draw, ran
result = ran(Path({str(tmp_path)!r}), draw(PICTURE))
print(result.executed, result.ui("C"))
"""
    said = []
    for seed in ("1", "2"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.strip())
    assert said == ["('A', 'B', 'C') {'shown': ['', 45000]}", "() {'shown': ['', 45000]}"]
