"""Processes that store results in one folder until they are killed, for the tests of the disk tier.

    python -m tests.engine.storing_process FOLDER

reads lines `WAY SEED REPORT`, forks a process for each, and answers with its id; it writes the key of each result that was reported as
stored into the file REPORT. WAY runs: it runs workflows of random nodes. WAY puts: when there is a file `go` beside the report, it puts
the results SHARED in any order, and then others of its own. One interpreter is started for all, as that is what takes long.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

from virgil_nb.engine import Cache, DiskTier, Document, Engine, Node, NodeReturn, Registry, current, node
from virgil_nb.engine.caching.cache import Entry

SHARED = range(60)
LIMIT = 1 << 40
REGISTRY = Registry()


class Made(NamedTuple):
    number: int
    content: bytes


@node(registry=REGISTRY, output=True)
def make(number: int = 0) -> Made:
    """A few bytes to a few hundred thousand, and something to show and to say: the same in every process."""
    outputs, ui, notes = result_of(number)
    context = current()
    for note in notes:
        assert context is not None
        context.note(note)
    return NodeReturn(outputs, ui)  # type: ignore[return-value]


def result_of(number: int) -> tuple[tuple[int, bytes], dict[str, Any], list[str]]:
    """What `make(number)` gives, shows and says."""
    source = random.Random(number)
    size = source.choice((10, 3000, 50_000, 200_000))
    content = (source.randbytes(997) * (size // 997 + 1))[:size]
    return (number, content), {"shown": content[:900]}, [f"number {number}"] if number % 7 == 0 else []


def check(entry: Entry) -> int:
    """The number of a result, which must be whole and right."""
    outputs, ui, notes = result_of(entry.outputs[0])
    assert (entry.outputs, entry.ui, [text for _, text in entry.notes]) == (outputs, ui, notes)
    return int(entry.outputs[0])


def run_until_killed(cache: Cache, numbers: random.Random) -> None:
    """Runs workflows of a few nodes."""
    engine = Engine(REGISTRY, cache=cache)
    while True:
        wanted = [numbers.randrange(1000, 1 << 30) for _ in range(numbers.randint(1, 6))]
        engine.submit(Document.of(*(Node(str(place), "make", {"number": number}) for place, number in enumerate(wanted)))).result()
        cache.flush(60)


def put_until_killed(cache: Cache, numbers: random.Random) -> None:
    """Puts results under keys that are their numbers."""
    for number in chain(numbers.sample(SHARED, len(SHARED)), (numbers.randrange(1000, 1 << 30) for _ in count())):
        outputs, ui, notes = result_of(number)
        cache.put(number.to_bytes(16, "big"), Entry(outputs, ui, tuple(("info", note) for note in notes), 10.0))
        cache.flush(60)


def live(folder: Path, way: str, seed: int, report: Path) -> None:
    """The life of one process."""
    lines = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    cache = Cache(1 << 26, disk=DiskTier(folder, LIMIT), on_stored=lambda key: os.write(lines, key.hex().encode() + b"\n"))
    cache.keys()
    os.write(lines, b"begun\n")
    while way == "puts" and not (report.parent / "go").exists():  # so that none of them sees what another one stored
        time.sleep(0.001)
    {"runs": run_until_killed, "puts": put_until_killed}[way](cache, random.Random(seed))


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed leaves nothing behind
    for line in sys.stdin:
        way, seed, report = line.split(maxsplit=2)
        process = os.fork()
        if not process:
            try:
                live(Path(sys.argv[1]), way, int(seed), Path(report.strip()))
            finally:
                os._exit(1)
        print(process, flush=True)


if __name__ == "__main__":
    main()
