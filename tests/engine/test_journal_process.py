"""The journal and more than one process: killed while it writes, two at once, and a kernel that ends in peace."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.engine.kinds import REGISTRY, draw
from tests.engine.test_worker import WAIT
from virgil_nb.engine import Engine
from virgil_nb.engine.history.journal import Journal

ROOT = Path(__file__).parents[2]
KILLS = 8


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "history.sqlite3"


def kernel(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.engine.journal_process", str(path), name, str(count)]
    made = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert made.stdout is not None and made.stdout.readline() == "ready\n"
    return made


def start(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def check(path: Path, told: set[str]) -> None:
    """The file is whole, has all that was told to be in it, and each run has all that is its own."""
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    journal = Journal(path)
    infos = journal.page(100_000).runs
    assert told <= {info.id for info in infos} and journal.trouble == ""
    for info in infos:
        name, number = info.id.split("-")
        assert journal.document(info.id).nodes["A"].values["value"] == int(number)
        assert journal.thumbnails(info.id) == (name.encode() * 500,)
        assert journal.details(info.id).values["W"] == {"text": name * 50}


@pytest.mark.slow
def test_a_kernel_killed_at_any_moment_leaves_a_whole_file_with_every_run_it_had_told(path: Path) -> None:
    told: set[str] = set()
    moments = random.Random(4)
    for kill in range(KILLS):
        process = kernel(path, f"k{kill}", 100_000)
        start(process)
        assert process.stdout is not None
        for _ in range(moments.randrange(1, 30)):
            told.add(process.stdout.readline().strip())
        time.sleep(moments.random() * 0.02)  # anywhere between two tellings
        process.kill()
        told |= {line.strip() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")}
        process.wait(WAIT)
        check(path, told)
    engine = Engine(REGISTRY, history=Journal(path))
    engine.submit(draw("A:number -> B:show.x"), run_id="after").result(WAIT)
    assert engine.past.find("after") is not None and len(engine.past) > len(told) >= KILLS


def test_two_kernels_write_to_one_file_at_once_from_its_beginning(path: Path) -> None:
    processes = [kernel(path, name, 60) for name in ("one", "two")]
    for process in processes:
        start(process)
    journal = Journal(path)
    while any(process.poll() is None for process in processes):
        journal.page(5)  # and a third one reads
    told = {line.strip() for process in processes for line in process.communicate()[0].splitlines()}
    assert len(told) == 120
    check(path, told)
    names = [info.label for info in journal.page(1000).runs]
    assert names.count("one") == names.count("two") == 60
    assert [info.id for info in journal.page(1000).runs if info.label == "one"] == [f"one-{number}" for number in range(59, -1, -1)]


@pytest.mark.parametrize("ending", ["", "engine.close()", "del engine, journal, run"])
def test_a_kernel_that_ends_without_waiting_has_written_its_last_run(path: Path, ending: str) -> None:
    code = f"""
import time
from pathlib import Path
from tests.engine.kinds import REGISTRY, draw
from virgil_nb.engine import Engine
from virgil_nb.engine.history.journal import Journal
journal = Journal(Path({str(path)!r}), thumbnails=lambda _: (time.sleep(0.3), [b"slow"])[1])
engine = Engine(REGISTRY, history=journal)
run = engine.submit(draw("A:number -> B:show.x"), run_id="last")
run.result(30)
{ending}
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert Journal(path).thumbnails("last") == (b"slow",)
