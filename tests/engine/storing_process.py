"""Processes that run workflows and store their results until they are killed, for the tests of the disk tier.

    python -m tests.engine.storing_process FOLDER

reads lines `SEED REPORT` and for each forks a process that runs workflows with FOLDER as disk tier and writes the key of each result that
was reported as stored into the file REPORT; answers with its id. One interpreter is started for all of them, as that is what takes long.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path
from typing import Any, NamedTuple

from virgil_nb.engine import Cache, DiskTier, Document, Engine, Node, NodeReturn, Registry, current, node
from virgil_nb.engine.cache import Entry

NUMBERS = 400
LIMIT = 1 << 30
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
    size = source.choice((10, 3000, 50_000, 400_000))
    content = (source.randbytes(997) * (size // 997 + 1))[:size]
    return (number, content), {"shown": content[:900]}, [f"number {number}"] if number % 7 == 0 else []


def check(entry: Entry) -> int:
    """The number of a result, which must be whole and right."""
    outputs, ui, notes = result_of(entry.outputs[0])
    assert (entry.outputs, entry.ui, [text for _, text in entry.notes]) == (outputs, ui, notes)
    return int(entry.outputs[0])


def run_until_killed(folder: Path, seed: int, report: Path) -> None:
    """Runs workflows of a few nodes at random."""
    lines = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    cache = Cache(1 << 26, disk=DiskTier(folder, LIMIT), on_stored=lambda key: os.write(lines, key.hex().encode() + b"\n"))
    engine = Engine(REGISTRY, cache=cache)
    numbers = random.Random(seed)
    os.write(lines, b"begun\n")
    while True:
        wanted = [numbers.randrange(NUMBERS) for _ in range(numbers.randint(1, 6))]
        engine.submit(Document.of(*(Node(str(place), "make", {"number": number}) for place, number in enumerate(wanted)))).result()
        cache.flush(60)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed leaves nothing behind
    for line in sys.stdin:
        seed, report = line.split(maxsplit=1)
        process = os.fork()
        if not process:
            try:
                run_until_killed(Path(sys.argv[1]), int(seed), Path(report.strip()))
            finally:
                os._exit(1)
        print(process, flush=True)


if __name__ == "__main__":
    main()
