"""The notebook's stop button while a cell waits for a run: whenever it comes, the next run works, and so does its bar."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, signal, threading, time
import virgil_nb as vnb
from virgil_nb.engine import current

@vnb.node("Counter", output=True, cache=False)
def counter(steps: int = 400) -> None:
    "Counts slowly."
    context = current()
    for step in range(steps):
        time.sleep(0.005)
        context.progress(step + 1, steps)

wf = vnb.Workflow()
wf.add("Counter")
stopped = 0
for press in range(60):
    try:
        threading.Timer(0.001 * press, os.kill, (os.getpid(), signal.SIGINT)).start()
        wf.run()
        time.sleep(5)
    except KeyboardInterrupt:
        stopped += 1
wf["Counter"].steps = 200
wf.run()

from tqdm import tqdm
with tqdm.get_lock():  # everybody's: other bars of the notebook wait for it too
    print(stopped, "stopped")
"""


def test_whenever_the_stop_button_is_pressed_the_next_run_and_its_bar_work(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "60 stopped\n"
