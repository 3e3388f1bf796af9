"""Processes that store results until they are killed, for the tests of the disk tier.

    python -m tests.engine.storing_process FOLDER

reads lines `SEED REPORT` and for each forks a process that stores results into FOLDER and writes the key of each that was reported as
stored into the file REPORT; answers with its id. One interpreter is started for all of them, as that is what takes long.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from virgil_nb.engine import Cache, DiskTier
from virgil_nb.engine.cache import Entry

KEYS = 400
LIMIT = 1 << 30


def key_of(number: int) -> bytes:
    return number.to_bytes(16, "big")


def result_of(number: int) -> Entry:
    """The result for a key: the same in every process, of a few bytes to a few hundred thousand."""
    source = random.Random(number)
    size = source.choice((10, 3000, 50_000, 400_000))
    content = source.randbytes(997) * (size // 997 + 1)
    notes = (("info", f"number {number}"),) if number % 7 == 0 else ()
    return Entry((number, content[:size]), {"shown": content[:900]} if number % 2 else None, notes, 10.0)


def store_until_killed(folder: Path, seed: int, report: Path) -> None:
    """Stores results of keys at random."""
    lines = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    cache = Cache(1 << 26, disk=DiskTier(folder, LIMIT), on_stored=lambda key: os.write(lines, key.hex().encode() + b"\n"))
    numbers = random.Random(seed)
    os.write(lines, b"begun\n")
    while True:
        for _ in range(numbers.randint(1, 6)):
            number = numbers.randrange(KEYS)
            cache.put(key_of(number), result_of(number))
        cache.flush(60)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed leaves nothing behind
    for line in sys.stdin:
        seed, report = line.split(maxsplit=1)
        process = os.fork()
        if not process:
            try:
                store_until_killed(Path(sys.argv[1]), int(seed), Path(report.strip()))
            finally:
                os._exit(1)
        print(process, flush=True)


if __name__ == "__main__":
    main()
