"""`Editor`: the mutable, thread-safe handle over immutable documents, with undo, redo and listeners.

Listeners are called one change after the other, in order, by one thread at a time, and never while the editor's lock is held:
a listener may edit; its change is told after the one that it hears of.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.edit import Edit
from virgil_nb.engine.documents.edits import Batch, ReplaceDocument

log = logging.getLogger(__name__)

MERGE_SECONDS = 1.0
MAX_UNDO = 1000


Step = Literal["new", "joined", "undone", "redone"]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened: `edit` led to `document`, which has that revision. origin: who asked, as given to `apply`.

    step: what became of the steps that can be undone: there is a new one, the last one goes on, it was undone, or one was redone.
    """

    revision: int
    edit: Edit
    origin: str | None
    can_undo: bool
    can_redo: bool
    document: Document
    step: Step = "new"


Listener = Callable[[Change], None]


@dataclass(slots=True)
class _Step:
    """One undo step: what was done, what takes it back, and what later edits may still join it."""

    done: Edit
    back: Edit
    merge: str | None
    at: float


class Editor:
    """A document that can be edited. `document` is always a whole snapshot; `revision` counts the changes."""

    def __init__(self, document: Document | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._document = document if document is not None else Document()
        self._revision = 0
        self._undo: deque[_Step] = deque(maxlen=MAX_UNDO)
        self._redo: list[_Step] = []
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: dict[int, Listener] = {}
        self._next_listener = 0
        self._untold: deque[Change] = deque()
        self._telling = False

    @property
    def document(self) -> Document:
        return self._document

    @property
    def revision(self) -> int:
        return self._revision

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def snapshot(self) -> tuple[Document, int]:
        """The document and its revision, of one moment."""
        with self._lock:
            return self._document, self._revision

    def apply(self, edit: Edit, *, origin: str | None = None, merge: str | None = None) -> Change:
        """Applies `edit`. Raises EditError, the document as it was, if it doesn't fit.

        merge: edits with the same merge key, each within a second of the last, are one undo step (typing).
        """
        with self._lock:
            before = self._document
            after = edit.apply(before)
            step = self._remember(edit, edit.inverse(before), merge)
            change = self._moved(after, edit, origin, step)
        self._tell()
        return change

    def replace(self, document: Document, *, origin: str | None = None) -> Change:
        """Puts a whole other document in place, as one step that can be undone."""
        return self.apply(ReplaceDocument(document), origin=origin)

    def undo(self, origin: str | None = None) -> Change | None:
        """Takes the last step back; None if there is none."""
        with self._lock:
            if not self._undo:
                return None
            step = self._undo[-1]
            after = step.back.apply(self._document)
            self._undo.pop()
            step.merge = None
            self._redo.append(step)
            change = self._moved(after, step.back, origin, "undone")
        self._tell()
        return change

    def redo(self, origin: str | None = None) -> Change | None:
        """Does again what was undone last; None if nothing was, or something was edited since."""
        with self._lock:
            if not self._redo:
                return None
            step = self._redo[-1]
            after = step.done.apply(self._document)
            self._redo.pop()
            self._undo.append(step)
            change = self._moved(after, step.done, origin, "redone")
        self._tell()
        return change

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener(change)` after each change; what comes back ends that. What a listener raises is logged."""
        with self._lock:
            number = self._next_listener
            self._next_listener += 1
            self._listeners[number] = listener

        def unsubscribe() -> None:
            with self._lock:
                self._listeners.pop(number, None)

        return unsubscribe

    def _remember(self, edit: Edit, back: Edit, merge: str | None) -> Step:
        now = self._clock()
        self._redo.clear()
        last = self._undo[-1] if self._undo else None
        if merge is not None and last is not None and last.merge == merge and now - last.at <= MERGE_SECONDS:
            last.done = Batch((*_flat(last.done), edit))
            last.back = Batch((back, *_flat(last.back)))
            last.at = now
            return "joined"
        self._undo.append(_Step(edit, back, merge, now))
        return "new"

    def _moved(self, after: Document, edit: Edit, origin: str | None, step: Step) -> Change:
        self._document = after
        self._revision += 1
        change = Change(self._revision, edit, origin, bool(self._undo), bool(self._redo), after, step)
        self._untold.append(change)
        return change

    def _tell(self) -> None:
        while True:
            with self._lock:
                if self._telling or not self._untold:
                    return
                self._telling = True
                change = self._untold.popleft()
                listeners = list(self._listeners.values())
            try:
                for listener in listeners:
                    try:
                        listener(change)
                    except Exception:
                        log.exception("a listener of the editor raised")
            finally:
                with self._lock:
                    self._telling = False


def _flat(edit: Edit) -> tuple[Edit, ...]:
    """The parts of a merged step, so that a long stretch of typing does not nest."""
    return edit.ops if isinstance(edit, Batch) else (edit,)
