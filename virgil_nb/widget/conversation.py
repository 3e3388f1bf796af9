"""The workbench's side of the conversation with its views: a message that comes in is checked, and goes to its subject.

    ready, bye                          here: who looks on
    edit, undo, redo                    edit_requests.py
    run, stop, ack                      run_requests.py
    snapshot, applied, problems, specs  showing.py: what the views are told of the document

Messages arrive on the kernel's main thread or on a subshell's, in the middle of anything: whatever they hold, nothing is raised.
Nothing here knows Jupyter: `Voice.tell` is given.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from virgil_nb.widget.messages import PROTOCOL
from virgil_nb.widget.messages.to_kernel import Bye, Ready
from virgil_nb.widget.parsing import MalformedError, parse
from virgil_nb.widget.showing import Showing
from virgil_nb.widget.subject import Answer, Subject, Voice

log = logging.getLogger(__name__)

MAX_VIEWS = 64  # pages that were reloaded never said goodbye; the oldest are forgotten


class Conversation:
    """Answers the views of one editor. What a subject added later answers, it answers alone."""

    def __init__(self, voice: Voice, showing: Showing) -> None:
        self._voice = voice
        self._showing = showing
        self._views: dict[str, None] = {}
        self._subjects: list[Subject] = []
        self._answers: dict[str, Answer] = {"ready": self._ready, "bye": self._bye}
        self.add(showing)

    def add(self, *subjects: Subject) -> None:
        """Lets subjects take their messages, and have their say in snapshots."""
        for subject in subjects:
            self._subjects.append(subject)
            self._answers |= subject.answers()
        self._showing.parts = tuple(self._subjects)

    @property
    def watched(self) -> bool:
        """Whether any view is open."""
        return bool(self._views)

    def close(self) -> None:
        """Ends all listening; what is under way is dropped."""
        for subject in self._subjects:
            subject.close()

    def receive(self, content: object, buffers: Sequence[object] | None = None) -> None:
        """Does what a message asks for. Whatever it is, nothing is raised, and a bad one changes nothing."""
        try:
            message = parse(content, buffers)
            self._answers[message["kind"]](message)
        except MalformedError as problem:
            log.warning("a message from the editor was refused: %s", problem)
            self._voice.reject(problem.view, problem.seq, str(problem))
        except Exception as problem:
            log.exception("a message from the editor could not be handled")
            self._voice.notice("error", f"The kernel could not handle a message from the editor: {type(problem).__name__}: {problem}")

    def _ready(self, message: Ready) -> None:
        view = message["view"]
        self._views.pop(view, None)
        self._views[view] = None
        while len(self._views) > MAX_VIEWS:
            self._forget(next(iter(self._views)))
        if message["protocol"] != PROTOCOL:
            self._voice.notice(
                "warning", "The page holds an editor of another version of virgil_nb. Reload the page, and run the cell again."
            )
        self._showing.show_all(view)

    def _bye(self, message: Bye) -> None:
        self._forget(message["view"])

    def _forget(self, view: str) -> None:
        self._views.pop(view, None)
        for subject in self._subjects:
            subject.forget(view)
