"""What every subject of the conversation with the views is made of; each is a small class that takes its kinds of messages.

    class Uploads(Subject):
        def answers(self): return {"upload": self._take}

An answer is called in the middle of anything, on the kernel's main thread or a subshell's: it edits the document or asks a
pacer for what takes longer, and never computes, blocks or reads a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from virgil_nb.engine import Editor
from virgil_nb.widget.messages.runs import NoteLevel
from virgil_nb.widget.messages.to_browser import ToBrowser

Send = Callable[[ToBrowser, Sequence[bytes]], None]
Answer = Callable[[Any], None]

EVERYONE = "*"
KEPT_WORDS = 2000


class Voice:
    """Speaks to the views of one editor. Safe on any thread."""

    def __init__(self, send: Send, editor: Editor) -> None:
        self.tell = send
        self._editor = editor
        self.hearers: list[Callable[[NoteLevel, str], None]] = []  # called with notices, too

    def notice(self, level: NoteLevel, text: str) -> None:
        """Tells all views something that belongs to no node."""
        self.tell({"kind": "notice", "level": level, "text": text[:KEPT_WORDS]}, ())
        for hearer in list(self.hearers):
            hearer(level, text[:KEPT_WORDS])

    def reject(self, view: str | None, seq: int | None, why: str) -> None:
        """Tells a view that nothing of its request took effect, and why; everyone, if it is not known whose it was."""
        if view is None:
            self.notice("warning", why)
        else:
            self.tell({"kind": "rejected", "view": view, "seq": seq, "message": why[:KEPT_WORDS], "rev": self._editor.revision}, ())


class Subject:
    """One subject; what it has nothing to do with stays as it is here."""

    def answers(self) -> Mapping[str, Answer]:
        """The kinds of messages that it takes, and what takes them."""
        return {}

    def in_snapshot(self) -> Mapping[str, Any]:
        """The fields of a `snapshot` that are its own. Called on a background thread."""
        return {}

    def forget(self, view: str) -> None:
        """A view was closed."""

    def close(self) -> None:
        """The conversation is over; what is under way is dropped."""
