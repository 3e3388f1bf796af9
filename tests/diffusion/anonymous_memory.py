"""Run as a program: loads all of a checkpoint and prints the peak of the process's anonymous memory while doing so, in bytes.

Anonymous memory is what the system can't drop; pages of a mapped file are not part of it. Linux only.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path


def anonymous_memory() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(status.split("RssAnon:")[1].split()[0])


class Peak(threading.Thread):
    """Looks every few milliseconds."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.003):
            self.bytes = max(self.bytes, anonymous_memory())


def main(path: str) -> None:
    peak = Peak()
    peak.start()
    from virgil_nb.diffusion import open_checkpoint

    checkpoint = open_checkpoint(path, device="cpu")
    for part in (checkpoint.model, checkpoint.clip, checkpoint.vae):
        part.network()
    peak.done.set()
    peak.join()
    print(max(peak.bytes, anonymous_memory()))


if __name__ == "__main__":
    main(sys.argv[1])
