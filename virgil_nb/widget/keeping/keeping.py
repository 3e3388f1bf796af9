"""`Keeping`: how the edits of a workbench are kept, as the rest of the widget sees it; of itself it keeps none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from virgil_nb.engine import Document, Editor
from virgil_nb.widget.messages.keeping import KeepingJSON, Side

Take = Literal["edits", "forget"]


class Keeping:
    """Keeps nothing, and `why` says the reason. base: what the code gave."""

    def __init__(self, editor: Editor, why: str) -> None:
        self.editor = editor
        self.base: Document = editor.document
        self._why = why
        self._turned: tuple[Side, Side] | None = None  # what the code asked for, and what someone turned to instead

    @property
    def folder(self) -> Path | None:
        """The folder of this workbench, for whatever else is kept of it; None: nothing is."""
        return None

    @property
    def trouble(self) -> str:
        """Why edits that should be kept are not; "": they are, or nobody expects it."""
        return ""

    def status(self) -> KeepingJSON:
        """What the views are told."""
        return {"state": "off", "text": self._why}

    def subscribe(self, listener: Callable[[], object]) -> Callable[[], None]:  # noqa: ARG002 - a status that never changes
        """Calls `listener` whenever the status has changed; what comes back ends that."""
        return lambda: None

    def restore(self, take: Take) -> str:  # noqa: ARG002 - there is nothing to take
        """Makes the offered edits again as one step ("edits"), or drops the offer ("forget"). Gives what to say of it."""
        return "There are no kept edits to restore."

    def reset(self) -> None:
        """Goes back to the document that the code gave, as one step that can be undone."""
        if self.editor.document != self.base:
            self.editor.replace(self.base, origin="reset")

    def side(self, asked: Side) -> Side:
        """The side that opens where the code asks for `asked`."""
        return self._turned[1] if self._turned is not None and self._turned[0] == asked else asked

    def turn(self, asked: Side, side: Side) -> None:
        """Someone turned to `side` where the code asks for `asked`."""
        self._turned = (asked, side)

    def carried(self) -> str:
        """What the notebook's file is to carry of the edits; "": nothing."""
        return ""

    def flush(self) -> None:
        """Writes at once what is not written yet."""
