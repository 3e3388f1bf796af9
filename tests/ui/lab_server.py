"""One private JupyterLab: own settings, own runtime folders, own root, on a free port."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Collection
from pathlib import Path

START_LIMIT = 90.0
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/completer-extension/manager": {"autoCompletion": False},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}


class LabServer:
    """JupyterLab as a child process; its notebooks are in `root`, what they write stays below `home`.

    root: the folder of another server, whose notebooks this one opens too.
    """

    def __init__(self, folder: Path, root: Path | None = None) -> None:
        self.root = root or folder / "root"
        self.home = folder / "home"
        self.log = folder / "server.log"
        self.settings = folder / "settings"
        self.token = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        for path in (self.root, self.home):
            path.mkdir(parents=True, exist_ok=True)
        for name, value in SETTINGS.items():
            self.set(name, value)
        self._process = self._start(folder)

    def set(self, name: str, value: object) -> None:
        """Writes one of Lab's settings; pages opened from now on see it."""
        path = self.settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))

    def _start(self, folder: Path) -> subprocess.Popen[bytes]:
        places = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
            "VIRGIL_HOME": "home",
        }
        env = dict(os.environ, PYDEVD_DISABLE_FILE_VALIDATION="1", OMP_NUM_THREADS="1", PYTHONPATH=str(Path(__file__).parents[2]))
        env.update({variable: str(folder / name) for variable, name in places.items()})
        env.update(self.environment())
        options = ["--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}"]
        options += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}", f"--IdentityProvider.token={self.token}"]
        options += ["--ServerApp.allow_root=True", "--ServerApp.terminals_enabled=False", "--ServerApp.open_browser=False"]
        command = [*self.command(), *options]
        with self.log.open("wb") as log:
            return subprocess.Popen(command, env=env, cwd=self.root, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def command(self) -> list[str]:
        """What starts the server, with the options of its page."""
        options = ["--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly", "--LabApp.news_url="]
        options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
        return [sys.executable, "-m", "jupyterlab", *options]

    def environment(self) -> dict[str, str]:
        """What its environment has more."""
        return {}

    def address(self, notebook: str) -> str:
        """Where the page of a notebook is."""
        return f"{self.url}/doc/tree/{notebook}?reset&token={self.token}"

    def wait(self) -> None:
        """Returns when the server answers."""
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                self.request("GET", "/api/status")
                return
            time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()[-3000:]}")

    def request(self, method: str, path: str) -> object:
        """What the server's own API answers."""
        request = urllib.request.Request(self.url + path, method=method, headers={"Authorization": f"token {self.token}"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def stop_kernels(self, notebooks: Collection[str] | None = None) -> None:
        """Ends the kernels of these notebooks (file names), or every one, so that the next notebook has the machine for itself."""
        kernels = self.request("GET", "/api/sessions")
        assert isinstance(kernels, list)
        for session in kernels:
            if notebooks is not None and session["path"] not in notebooks:
                continue
            with contextlib.suppress(OSError):
                self.request("DELETE", f"/api/sessions/{session['id']}")

    def stop(self) -> None:
        """Ends the kernels and the server."""
        with contextlib.suppress(OSError, AssertionError):
            self.stop_kernels()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # its own session, only its own children
            self._process.wait(5)
