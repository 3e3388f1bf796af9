"""One private Notebook 7: the server and the extensions of the development environment, and a page of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.kernels.stack import Stack
from tests.ui.lab_server import LabServer

SHARE = Path(sys.prefix) / "share" / "jupyter"


class NotebookServer(LabServer):
    """Notebook 7 as a child process; see LabServer."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack = stack
        super().__init__(folder)

    def command(self) -> list[str]:
        return [str(self._stack.python), "-m", "notebook", "--JupyterNotebookApp.expose_app_in_browser=True"]

    def environment(self) -> dict[str, str]:
        return {"JUPYTER_PATH": str(SHARE)}

    def address(self, notebook: str) -> str:
        return f"{self.url}/notebooks/{notebook}?token={self.token}"
