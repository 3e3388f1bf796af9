"""How many CPU threads small networks get: half of the cores, so that the browser and the rest of the kernel keep the others.

OpenMP's threads wait for each other by spinning. A small network has a thousand short operations a step; if another program takes one
of the cores, every one of them waits for the scheduler: 20 steps that take 0.9 CPU-seconds on one thread took 11 to 23 on two threads of
a busy two-core machine. Large networks keep all threads: their operations are long.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

SMALL = 64 * 2**20
"""Bytes of weights in float32 up to which a network counts as small."""


class _Limit:
    """Who is inside, and how many threads are usual outside. The count is each thread's own, but new threads inherit the last one set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = 1

    def take(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._usual = torch.get_num_threads()
            self._inside += 1
            torch.set_num_threads(max(1, min(self._usual, (os.cpu_count() or 1) // 2)))

    def release(self) -> None:
        with self._lock:
            self._inside -= 1
            torch.set_num_threads(self._usual)


_limit = _Limit()


@contextmanager
def fitting_threads(network: torch.nn.Module) -> Iterator[None]:
    """For the time of the block, as many threads as suit `network`."""
    count = sum(parameter.numel() for parameter in network.parameters())
    if 4 * count > SMALL or next(network.parameters()).device.type != "cpu":
        yield
        return
    _limit.take()
    try:
        yield
    finally:
        _limit.release()
