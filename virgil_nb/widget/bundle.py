"""The built front end: where it lies, how it comes to the page, and what to say when it was not built.

A notebook saves what a widget is made of, once for each. So the widget is made of `loader`, which asks for the editor itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from virgil_nb.widget.messages.to_kernel import AskEditor
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.subject import Answer, Subject, Voice

STATIC = Path(__file__).parent / "static"
PLACE = "__VNB_EDITOR__"
SEND_EVERY = 1.0  # many views that ask at once are answered once


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
            f"The editor is not built: {path} is missing. In a source tree run `make js` (it needs Node 20 or newer), or install a "
            "wheel of virgil_nb. Workflows run without it: virgil_nb.Workflow."
        ) from None


def script() -> str:
    """The editor's ES module. Raises EditorNotBuilt."""
    return _text("widget.js")


def style() -> str:
    """The editor's style sheet. Raises EditorNotBuilt."""
    return _text("widget.css")


def digest() -> str:
    """What tells one build of the editor from another. Raises EditorNotBuilt."""
    return blake2b((script() + style()).encode("utf-8"), digest_size=8).hexdigest()


def loader() -> str:
    """The ES module that a widget is made of: it fetches this editor. Raises EditorNotBuilt."""
    edition = digest()
    return _text("loader.js").replace(PLACE, edition)


class Delivery(Subject):
    """Takes `ask_editor`, and sends the editor, as it was when the workbench was made, to all its views."""

    def __init__(self, voice: Voice, pacer: Pacer) -> None:
        self._voice = voice
        self._pacer = pacer
        self._digest, self._script, self._style = digest(), script(), style()

    def answers(self) -> Mapping[str, Answer]:
        return {"ask_editor": self._send_soon}

    def _send_soon(self, _message: AskEditor) -> None:
        self._pacer.ask("editor", self._send, every=SEND_EVERY)

    def _send(self) -> None:
        self._voice.tell({"kind": "editor", "digest": self._digest}, (self._script.encode("utf-8"), self._style.encode("utf-8")))
