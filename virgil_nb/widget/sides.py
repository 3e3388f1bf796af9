"""The two sides of a workbench, panel and graph: which one a view that opens shows first.

What the code asks for holds until someone turns to the other; that is kept with the edits, for as long as the code asks for the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgil_nb.widget.keeping import Keeping
from virgil_nb.widget.messages.keeping import Side
from virgil_nb.widget.messages.to_kernel import Turn
from virgil_nb.widget.subject import Answer, Subject


class Sides(Subject):
    """asked: the side that the code asks for."""

    def __init__(self, asked: Side, keeping: Keeping) -> None:
        self._asked = asked
        self._keeping = keeping

    def answers(self) -> Mapping[str, Answer]:
        return {"turn": self._turned}

    def in_snapshot(self) -> Mapping[str, Any]:
        return {"side": self._keeping.side(self._asked)}

    def _turned(self, message: Turn) -> None:
        self._keeping.turn(self._asked, message["side"])
