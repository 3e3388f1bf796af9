"""The workbench in a Jupyter cell: the only room that imports anywidget, ipywidgets and IPython.

It knows the engine's objects and nothing above them. Importing this package imports none of Jupyter, and no torch;
its names are loaded when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from virgil_nb.widget.bundle import EditorNotBuilt
    from virgil_nb.widget.waiting import wait_for
    from virgil_nb.widget.workbench import WorkbenchWidget

__all__ = ["EditorNotBuilt", "WorkbenchWidget", "wait_for"]

_HOMES = {"EditorNotBuilt": "bundle", "WorkbenchWidget": "workbench", "wait_for": "waiting"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
