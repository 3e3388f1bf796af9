"""One private marimo that serves one app."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

from tests.kernels.stack import ROOT, Stack

START_LIMIT = 90.0


def app(setup: str, *cells: str) -> str:
    """An app whose first cell is `setup`; marimo shows the last expression of each of the others."""
    shown = "".join(f"\n@app.cell\ndef _():\n    {cell}\n    return\n" for cell in cells)
    return f"import marimo\n\napp = marimo.App()\n\nwith app.setup:\n    import marimo as mo\n{indent(setup, '    ')}\n{shown}"


@contextlib.contextmanager
def marimo(stack: Stack, source: str, folder: Path) -> Iterator[str]:
    """Where marimo of `stack` shows the app of this source, as long as the context is open."""
    (folder / "app.py").write_text(source)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    places = {"VIRGIL_HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache"}
    env = dict(os.environ, PYTHONPATH=str(ROOT), **{variable: str(folder / name) for variable, name in places.items()})
    command = [str(stack.python), "-m", "marimo", "run", "app.py", *options]
    log = folder / "server.log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=file, stderr=subprocess.STDOUT)
    try:
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit and server.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"marimo did not start:\n{log.read_text()[-3000:]}")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(15)
