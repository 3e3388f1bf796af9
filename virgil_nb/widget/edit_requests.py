"""Edits that views ask for: applied as one step, undone, redone, or refused with the reason. Showing tells what took effect."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from virgil_nb.engine import Batch, EditError, Editor, edit_from_json
from virgil_nb.widget.messages.to_kernel import Edit, Redo, Undo
from virgil_nb.widget.subject import Answer, Subject, Voice
from virgil_nb.widget.wire import unpacked

log = logging.getLogger(__name__)


class EditRequests(Subject):
    """Takes edits, undo and redo. An edit's origin is "view#seq"."""

    def __init__(self, editor: Editor, voice: Voice) -> None:
        self._editor = editor
        self._voice = voice

    def answers(self) -> Mapping[str, Answer]:
        return {"edit": self._edit, "undo": self._step, "redo": self._step}

    def _edit(self, message: Edit) -> None:
        view, seq = message["view"], message["seq"]
        if message["base"] > self._editor.revision:
            self._voice.reject(view, seq, "This edit belongs to an earlier kernel; the editor now shows what this one has.")
            return
        merge = message.get("merge")
        try:
            edits = [edit_from_json(unpacked(op)) for op in message["ops"]]
            edit = edits[0] if len(edits) == 1 else Batch(tuple(edits))
            self._editor.apply(edit, origin=f"{view}#{seq}", merge=None if merge is None else f"{view}#{merge}")
        except EditError as problem:
            self._voice.reject(view, seq, str(problem))
        except Exception as problem:
            log.exception("an edit could not be applied")
            self._voice.reject(view, seq, f"The edit could not be applied: {type(problem).__name__}: {problem}")

    def _step(self, message: Undo | Redo) -> None:
        view, seq, kind = message["view"], message["seq"], message["kind"]
        step = self._editor.undo if kind == "undo" else self._editor.redo
        try:
            if step(f"{view}#{seq}") is None:
                self._voice.reject(view, seq, f"There is nothing to {kind}.")
        except EditError as problem:
            self._voice.reject(view, seq, str(problem))
