"""The history of a workbench's runs: what each looked like, what was changed for it, and the way back to it.

Runs are kept in memory, and one file each in `runs/` of the workbench's kept folder, if it has one. All of it happens on the
clerk's thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from virgil_nb.engine import (
    MISSING,
    Batch,
    Document,
    DocumentError,
    Edit,
    EditError,
    Editor,
    Registry,
    Run,
    SetValue,
    UnsetValue,
    VirgilError,
)
from virgil_nb.widget.differences import alike, in_words
from virgil_nb.widget.encoding import as_thumbnail
from virgil_nb.widget.keeping.store import RUNS, write_whole
from virgil_nb.widget.messages.to_browser import History
from virgil_nb.widget.messages.to_kernel import AskHistory, UseRun
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.past_run import PastRun
from virgil_nb.widget.settings_words import settings_in_words
from virgil_nb.widget.subject import EVERYONE, Answer, Subject, Voice

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

MOST_KEPT = 200
MOST_PICTURES = 4
PAGE = 20


class RunHistory(Subject):
    """folder: where what belongs to this workbench is kept; None: nowhere."""

    def __init__(self, editor: Editor, registry: Registry, voice: Voice, clerk: Pacer, folder: Callable[[], Path | None]) -> None:
        self._editor = editor
        self._registry = registry
        self._voice = voice
        self._clerk = clerk
        self._folder = folder
        self._read: set[Path] = set()
        self._runs: dict[str, PastRun] = {}  # the oldest first

    def answers(self) -> Mapping[str, Answer]:
        return {"ask_history": self._asked, "use_run": self._use_asked}

    def add(self, run: Run, pictures: Sequence[Image]) -> None:
        """Takes a run that is over into the history, soon. One that never began is left out."""
        if run.started_at is not None:
            several = list(pictures[:MOST_PICTURES])
            self._clerk.ask(object(), lambda: self._add(run, several))

    # --- on the clerk's thread

    def document_of(self, run: str) -> Document:
        """The document as a run ran it. Raises VirgilError if that is not known."""
        self._read_files()
        past = self._runs.get(run)
        if past is None:
            raise VirgilError("that run is not in the history any more")
        return past.document

    def _add(self, run: Run, pictures: Sequence[Image]) -> None:
        self._read_files()
        last = next(reversed(self._runs.values()), None)
        past = PastRun(
            run=run.id,
            when=datetime.fromtimestamp(run.submitted, UTC).isoformat(timespec="milliseconds"),
            state=run.state,
            seconds=run.seconds or 0.0,
            title=run.document.name,
            changed=() if last is None else tuple(self._changed(last, run.document)),
            settings=tuple(settings_in_words(run.document, self._registry)),
            thumbnails=tuple(as_thumbnail(picture) for picture in pictures),
            held=run.document,
        )
        self._runs[past.run] = past
        self._write(past)
        while len(self._runs) > MOST_KEPT:
            self._remove(next(iter(self._runs)))
        self._tell(EVERYONE, [past], more=len(self._runs) > 1)

    def _changed(self, last: PastRun, document: Document) -> list[str]:
        try:
            return in_words(last.document, document, self._registry)
        except DocumentError:
            return []

    def _asked(self, message: AskHistory) -> None:
        self._clerk.ask(object(), lambda: self._answer(message))

    def _answer(self, message: AskHistory) -> None:
        self._read_files()
        newest_first = list(reversed(self._runs.values()))
        before = message.get("before")
        start = next((place + 1 for place, past in enumerate(newest_first) if past.run == before), 0)
        self._tell(message["view"], newest_first[start : start + PAGE], more=len(newest_first) > start + PAGE)

    def _tell(self, view: str, runs: Sequence[PastRun], more: bool) -> None:
        present = self._editor.document
        told: History = {"kind": "history", "view": view, "items": [past.told(_is(past, present)) for past in runs], "more": more}
        self._voice.tell(told, [thumbnail for past in runs for thumbnail in past.thumbnails])

    def _use_asked(self, message: UseRun) -> None:
        self._clerk.ask(object(), lambda: self._use(message))

    def _use(self, message: UseRun) -> None:
        self._read_files()
        past = self._runs.get(message["run"])
        if past is None:
            self._voice.notice("warning", "That run is not in the history any more.")
            return
        try:
            if message["take"] == "workflow":
                self._editor.replace(past.document, origin=message["view"])
            else:
                self._take_values(past.document, message["view"])
        except (DocumentError, EditError) as problem:
            self._voice.notice("error", f"That run can't be used: {problem}.")

    def _take_values(self, earlier: Document, view: str) -> None:
        present = self._editor.document
        edits = values_of(earlier, present)
        if edits:
            self._editor.apply(Batch(tuple(edits)), origin=view)
        left_out = sum(id_ not in present.nodes or present.nodes[id_].type != node.type for id_, node in earlier.nodes.items())
        if left_out:
            which = "A node" if left_out == 1 else f"{left_out} nodes"
            self._voice.notice("info", f"{which} of that run is not in the workflow any more; open it as a workflow to have all of it.")
        elif not edits:
            self._voice.notice("info", "The workflow has the values of that run already.")

    # --- files

    def _read_files(self) -> None:
        folder = self._folder()
        if folder is None or folder in self._read:
            return
        self._read.add(folder)
        found: dict[str, PastRun] = {}
        for path in sorted((folder / RUNS).glob("*.json"))[-MOST_KEPT:]:
            try:
                past = PastRun.from_text(path.read_text(encoding="utf-8", errors="surrogatepass"))
            except (OSError, ValueError, DocumentError) as problem:
                log.warning("the run in %s is left out of the history: %s", path, problem)
                continue
            found[past.run] = past
        self._runs = {past.run: past for past in sorted((found | self._runs).values(), key=lambda past: past.when)}

    def _write(self, past: PastRun) -> None:
        path = self._path(past)
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, past.text().encode("utf-8", "surrogatepass"))
        except OSError:
            log.warning("the run could not be written to %s; it stays in the history of this kernel", path, exc_info=True)

    def _remove(self, run: str) -> None:
        path = self._path(self._runs.pop(run))
        if path is not None:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                log.warning("the old run in %s could not be removed", path, exc_info=True)

    def _path(self, past: PastRun) -> Path | None:
        folder = self._folder()
        if folder is None:
            return None
        stamp = "".join(char for char in past.when[:23] if char.isalnum())
        name = "".join(char for char in past.run[:12] if char.isalnum())
        return folder / RUNS / f"{stamp}-{name}.json"


def values_of(earlier: Document, present: Document) -> list[Edit]:
    """What gives the nodes of `present` the values that they had in `earlier`; links, and fields that are linked now, stay."""
    return [
        SetValue(id_, name, before.values[name]) if name in before.values else UnsetValue(id_, name)
        for id_, node in present.nodes.items()
        if (before := earlier.nodes.get(id_)) is not None and before.type == node.type
        for name in dict.fromkeys((*before.values, *node.values))
        if name not in node.links and before.values.get(name, MISSING) != node.values.get(name, MISSING)
    ]


def _is(past: PastRun, present: Document) -> bool:
    try:
        return alike(past.document, present)
    except DocumentError:
        return False
