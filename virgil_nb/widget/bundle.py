"""The built front end: where it lies, and what to say when it was not built."""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


class EditorNotBuilt(ImportError):
    """The editor's JavaScript is not there: a source tree in which it was never built."""


@cache
def _read(path: Path, _changed: int) -> str:
    return path.read_text(encoding="utf-8")


def _text(name: str) -> str:
    path = STATIC / name
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise EditorNotBuilt(
            f"The editor is not built: {path} is missing. In a source tree run `make js` (it needs Node 18 or newer), or install a "
            "wheel of virgil_nb. Workflows run without it: virgil_nb.Workflow."
        ) from None


def script() -> str:
    """The editor's ES module. Raises EditorNotBuilt."""
    return _text("widget.js")


def style() -> str:
    """The editor's style sheet. Raises EditorNotBuilt."""
    return _text("widget.css")
