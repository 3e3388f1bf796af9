"""`PastRun`: a run that is over, as the history lists it, and its form in a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast, get_args

from virgil_nb.engine import Document, DocumentError
from virgil_nb.widget.messages.runs import HistoryItemJSON, RunState

FORMAT = "virgil_nb run"
VERSION = 1


@dataclass(frozen=True)
class PastRun:
    """when: ISO 8601. changed: what differs from the run before it, in words. settings: what was on the panel, in words.

    thumbnails: WebP. held: the document as it ran, or its JSON.
    """

    run: str
    when: str
    state: RunState
    seconds: float
    title: str
    changed: tuple[str, ...]
    settings: tuple[str, ...]
    thumbnails: tuple[bytes, ...]
    held: Document | Mapping[str, Any]

    @cached_property
    def document(self) -> Document:
        """The document as it ran. Raises DocumentError if it comes from a file that was changed by hand."""
        return self.held if isinstance(self.held, Document) else Document.from_json(self.held)

    def told(self, current: bool) -> HistoryItemJSON:
        """The run as the views list it."""
        item: HistoryItemJSON = {
            "run": self.run,
            "when": self.when,
            "state": self.state,
            "seconds": round(self.seconds, 3),
            "title": self.title,
            "changed": list(self.changed),
            "settings": list(self.settings),
            "pictures": len(self.thumbnails),
        }
        if current:
            item["current"] = True
        return item

    def text(self) -> str:
        """The content of its file."""
        data = {
            "format": FORMAT,
            "version": VERSION,
            "run": self.run,
            "when": self.when,
            "state": self.state,
            "seconds": self.seconds,
            "title": self.title,
            "changed": self.changed,
            "settings": self.settings,
            "thumbnails": [base64.b64encode(one).decode("ascii") for one in self.thumbnails],
            "document": self.held.to_json() if isinstance(self.held, Document) else self.held,
        }
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> PastRun:
        """The run that a file holds. Raises DocumentError for anything else, and for a newer version."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise DocumentError(f"it is no JSON ({problem})") from problem
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise DocumentError("it is no run of virgil_nb")
        if data.get("version") != VERSION:
            raise DocumentError(f"it has version {data.get('version')!r}, and this virgil_nb reads {VERSION}")
        try:
            run, when, title, document = data["run"], data["when"], data["title"], data["document"]
            state, seconds = data["state"], float(data["seconds"])
            changed, settings = _texts(data["changed"]), _texts(data["settings"])
            thumbnails = tuple(base64.b64decode(one, validate=True) for one in _texts(data["thumbnails"]))
        except (KeyError, TypeError, ValueError) as problem:
            raise DocumentError(f"something in it is missing or of another kind ({problem})") from problem
        if not all(isinstance(one, str) for one in (run, when, title)) or state not in get_args(RunState) or not isinstance(document, dict):
            raise DocumentError("something in it is of another kind than it was written")
        return cls(run, when, cast(RunState, state), seconds, title, changed, settings, thumbnails, document)


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("a list of texts was wanted")
    return tuple(cast("list[str]", values))
