"""`python -m tests.kernels.measure [name …]`: how fast each kernel answers the editor, as a Markdown table.

The page's side is played by this process on the kernel's own sockets; what a browser adds is not in it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from tests.kernels.conftest import NODES
from tests.kernels.host import Host, View
from tests.kernels.stack import Stack, stacks

EDITS = 40
FROM_PYTHON = f"""
import time as _time
made = []
for _step in range({EDITS}):
    made.append(_time.time())
    wb.workflow['Painter'].text = f'python {{_step}}'
    _time.sleep(0.05)
"""
COLUMNS = (
    "open, ms",
    "edit in the page, answered, ms",
    "edit in Python, in the page, ms",
    "editor's Stop in a blocking run, ms",
    "stop button, ms",
)


def figures(stack: Stack, folder: Path) -> tuple[float, ...]:
    """What the columns say, in milliseconds; medians where there are many."""
    host = Host(stack, folder)
    try:
        host.run(NODES)
        started = time.time()
        host.run("wb = vnb.Workbench(wf.copy())\nwb")
        view = View(host)
        opened = time.time() - started
        answered = [since(time.time(), partial(view.edit, set_text(f"page {step}"))) for step in range(EDITS)]
        host.run(FROM_PYTHON)
        view.wait_for("applied", lambda message: message["ops"][0].get("value") == f"python {EDITS - 1}")
        seen = {
            message["content"]["data"]["content"]["ops"][0]["value"]: message["arrived"]
            for message in host.published
            if message["msg_type"] == "comm_msg" and message["content"]["data"].get("content", {}).get("kind") == "applied"
        }
        reached = [seen[f"python {step}"] - made for step, made in enumerate(host.value("made"))]
        host.run("wb.workflow['Painter'].steps = 3\n_ = wb.run()\nwb.workflow['Painter'].steps = ENDLESS")
        stopped = stop(host, lambda: view.send("stop"))
        interrupted = stop(host, host.interrupt)
    finally:
        host.close()
    return tuple(1000 * seconds for seconds in (opened, median(answered), median(reached), stopped, interrupted))


def set_text(text: str) -> dict[str, str]:
    return {"op": "set", "id": "1", "input": "text", "value": text}


def since(started: float, act: Callable[[], object]) -> float:
    """Seconds from `started` to the end of `act`."""
    act()
    return time.time() - started


def stop(host: Host, act: Callable[[], object]) -> float:
    """Seconds from `act` to the end of the cell that waits for an endless run."""
    asked = host.ask("wb.run()")
    time.sleep(1.0)
    return since(time.time(), lambda: (act(), host.reply(asked)))


def main(names: list[str]) -> int:
    print(f"| kernel | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
    for stack in stacks():
        if stack.built and (not names or stack.name in names):
            with tempfile.TemporaryDirectory() as folder:
                print(f"| {stack.name} | {' | '.join(f'{value:.0f}' for value in figures(stack, Path(folder)))} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
