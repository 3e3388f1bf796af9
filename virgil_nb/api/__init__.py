"""The top of the package: what a person writes in a notebook.

    Workflow ── run() ──> Result        Session: folders, device, cache, queue; one by default
       │                                generate(): the one-line way
    Workbench: the same workflow as a node editor in the cell

Names load lazily: a workflow needs neither torch nor Jupyter before it runs or is shown.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOME_OF = {
    "Workflow": "workflow",
    "Node": "handles",
    "Output": "handles",
    "Result": "result",
    "Run": "run",
    "Session": "session",
    "default_session": "session",
    "generate": "generate",
    "Workbench": "workbench",
}
__all__ = ["Node", "Output", "Result", "Run", "Session", "Workbench", "Workflow", "default_session", "generate"]

if TYPE_CHECKING:
    from virgil_nb.api.generate import generate
    from virgil_nb.api.handles import Node, Output
    from virgil_nb.api.result import Result
    from virgil_nb.api.run import Run
    from virgil_nb.api.session import Session, default_session
    from virgil_nb.api.workbench import Workbench
    from virgil_nb.api.workflow import Workflow


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'virgil_nb.api' has no attribute {name!r}.")
    value = getattr(importlib.import_module(f"virgil_nb.api.{home}"), name)
    globals()[name] = value
    return value
