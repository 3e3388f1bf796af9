"""Processes that run workflows are killed at random moments: what was reported as stored is there, and only whole results are served."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.storing_process import LIMIT, SHARED, check
from virgil_nb.engine import Cache, DiskTier
from virgil_nb.engine.caching.cache import StoredEntry
from virgil_nb.engine.caching.disk_files import NAME

KILLS = 50

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


class Nursery:
    """Starts processes that store results in one folder."""

    def __init__(self, folder: Path, reports: Path) -> None:
        command = [sys.executable, "-m", "tests.engine.storing_process", str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reports = reports
        self._count = 0

    def start(self, way: str) -> tuple[int, Path]:
        """The process's id, and the file of what it reports; returns when it has begun."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._count += 1
        report = self._reports / str(self._count)
        self._process.stdin.write(f"{way} {self._count} {report}\n")
        self._process.stdin.flush()
        process = int(self._process.stdout.readline())
        wait_for(lambda: report.exists() and b"begun" in report.read_bytes())
        return process, report

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def wait_for(condition: object, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.001)


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)

    def gone() -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        return False

    wait_for(gone)


def reported(report: Path) -> list[bytes]:
    """The keys that a process reported, in order; a line that it could not end was not reported."""
    lines = report.read_text().split("\n")[1:-1]
    return [bytes.fromhex(line) for line in lines]


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    (tmp_path / "reports").mkdir()
    made = Nursery(tmp_path / "cache", tmp_path / "reports")
    yield made
    made.close()


def check_served(folder: Path, wanted: set[bytes]) -> int:
    """That a new cache serves all of `wanted`, and of everything that it serves the whole and right result; how many it serves."""
    cache = Cache(1 << 28, disk=DiskTier(folder, LIMIT))
    keys = set(cache.keys())
    assert not wanted - keys
    numbers = set()
    for key in keys:
        found = cache.get(key)
        assert isinstance(found, StoredEntry)
        numbers.add(check(found))
    assert len(numbers) == len(keys)
    return len(keys)


def test_killed_at_50_moments_nothing_reported_is_lost_and_only_whole_results_are_served(nursery: Nursery, tmp_path: Path) -> None:
    folder, moments = tmp_path / "cache", random.Random(4)
    wanted: set[bytes] = set()
    torn = 0
    process, report = nursery.start("runs")
    for turn in range(KILLS):
        following = nursery.start("runs") if turn < KILLS - 1 else None  # two at a time, in one folder
        enough = moments.randint(0, 3)
        wait_for(lambda report=report, enough=enough: report.read_bytes().count(b"\n") > enough)
        time.sleep(moments.random() * 0.02)
        kill(process)
        wanted.update(reported(report))
        torn += any(f".{process}-" in name for name in os.listdir(folder))
        if turn % 25 == 0:
            check_served(folder, wanted)
        if following is not None:
            process, report = following
    served = check_served(folder, wanted)
    assert len(wanted) >= KILLS // 2 and served >= len(wanted)
    assert torn > 0, "no process was killed while it wrote: the test tests nothing"
    assert all(NAME.match(name.removeprefix(".")) for name in os.listdir(folder))


def test_two_processes_may_store_the_same_and_other_keys_at_once(nursery: Nursery, tmp_path: Path) -> None:
    both = [nursery.start("puts") for _ in range(2)]
    reader = Cache(1 << 28, disk=DiskTier(tmp_path / "cache", LIMIT))
    seen = 0
    (tmp_path / "reports" / "go").touch()
    for _, report in both:
        while len(reported(report)) < len(SHARED) + 20:
            for key in list(reader.keys()):  # while they write
                found = reader.get(key)
                assert found is not None and check(found) >= 0
                seen += 1
            reader.clear()
    for process, _ in both:
        kill(process)
    wanted = [set(reported(report)) for _, report in both]
    shared = {number.to_bytes(16, "big") for number in SHARED}
    assert seen and wanted[0] & wanted[1] == shared
    assert check_served(tmp_path / "cache", wanted[0] | wanted[1]) >= len(SHARED) + 40
