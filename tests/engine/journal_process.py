"""A kernel that runs workflows and keeps them in a journal, for tests that kill it.

    python -m tests.engine.journal_process PATH NAME COUNT

Prints "ready", waits for a line, then prints the id of each run once that is told to be in the file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.engine.kinds import REGISTRY, draw
from virgil_nb.engine import Engine
from virgil_nb.engine.history.journal import Journal


def main(path: str, name: str, count: str) -> None:
    journal = Journal(Path(path), thumbnails=lambda _: [name.encode() * 500])
    engine = Engine(REGISTRY, history=journal)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(count)):
        document = draw(f"A:number(value={number}) -> B:show.x\nW:word(text='{name * 50}')")
        engine.submit(document, run_id=f"{name}-{number}", label=name).result(30)
        if journal.flush(30) and not journal.trouble:
            print(f"{name}-{number}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
