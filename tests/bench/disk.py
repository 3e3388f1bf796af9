"""What the disk tier costs: MB/s written and read, and µs that it adds to a node whose result is not there.

    python -m tests.bench.disk [--folder DIR] [--size 64] [--json]

Writing is to the disk for good (fsync), reading is from the system's cache of files, checksums computed in both. Each figure is the
best of several. CPU: of the process's CPU time, which a busy machine disturbs little; else of time that passed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from virgil_nb.engine import Cache, DiskTier
from virgil_nb.engine.caching.cache import Entry

MB = 1_000_000
MANY = 10_000


def best(call: Callable[[], object], repeat: int, clock: Callable[[], float] = process_time) -> float:
    """The least seconds of a call."""
    times = []
    for _ in range(repeat):
        begun = clock()
        call()
        times.append(clock() - begun)
    return min(times)


def key_of(number: int) -> bytes:
    return number.to_bytes(16, "big")


def measure(folder: Path, size: int, repeat: int) -> dict[str, float]:
    """All figures: MB/s of results of `size` bytes, ms of small ones, µs of misses, ms to open a folder of many."""
    tier = DiskTier(folder)
    big = Entry((bytearray(size),), seconds=1e9)
    small = Entry((bytearray(1000),), {"text": "shown"}, seconds=1e9)
    found: dict[str, float] = {}
    for name, clock in (("", perf_counter), (" of CPU", process_time)):
        found[f"write, MB per second{name}"] = size / MB / best(lambda: _stored(tier, key_of(0), big), repeat, clock)
        found[f"read, MB per second{name}"] = size / MB / best(lambda: _served(folder, key_of(0)), repeat, clock)
        found[f"write a small result, ms{name}"] = 1e3 * best(lambda: _stored(tier, key_of(1), small), repeat * 5, clock)
        found[f"read a small result, ms{name}"] = 1e3 * best(lambda: _served(folder, key_of(1)), repeat * 5, clock)
    keys = [key_of(1000 + number) for number in range(MANY)]
    for name, disk in (("no disk tier", None), ("disk tier", tier)):
        cache = Cache(1 << 30, disk=disk)
        nothing = Entry((0,), seconds=1e-6)
        here = cache.keys()
        found[f"miss, {name}, µs of CPU"] = 1e6 / MANY * best(lambda here=here: [key in here for key in keys], repeat)  # type: ignore[misc]
        found[f"put of a cheap result, {name}, µs of CPU"] = (
            1e6
            / MANY
            * best(
                lambda cache=cache, nothing=nothing: [cache.put(key, nothing) for key in keys],  # type: ignore[misc]
                repeat,
            )
        )
    found["keys() when nothing changed, µs of CPU"] = 1e6 * best(tier.look, repeat * 20)
    for number in range(MANY):
        (folder / f"{key_of(5000 + number).hex()}.safetensors").touch()
    found[f"first look at a folder of {MANY:,} files, ms of CPU"] = 1e3 * best(lambda: DiskTier(folder).look(), repeat)
    return found


def _stored(tier: DiskTier, key: bytes, entry: Entry) -> None:
    reason = tier.store(key, entry)
    if reason:
        raise RuntimeError(reason)


def _served(folder: Path, key: bytes) -> None:
    if Cache(1 << 34, disk=DiskTier(folder)).get(key) is None:
        raise RuntimeError("it was not served")


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="The disk tier's speed.")
    parser.add_argument("--folder", type=Path, help="where to write; a temporary folder by default")
    parser.add_argument("--size", type=int, default=64, help="MB of the big result")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="virgil-disk-", dir=options.folder))
    try:
        found = measure(folder, options.size * MB, options.repeat)
    finally:
        shutil.rmtree(folder)
    if options.json:
        print(json.dumps(found))
        return
    for name, figure in found.items():
        print(f"{name:60} {figure:10.2f}")


if __name__ == "__main__":
    main()
