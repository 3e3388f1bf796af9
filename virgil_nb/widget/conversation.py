"""The workbench's side of the conversation with its views: what comes in is checked and done, what changed is told.

Messages arrive on the kernel's main thread or on a subshell's, in the middle of anything. So a message only edits the
document (thread-safe, and fast), or asks a background thread for what takes longer; it never raises, blocks or computes.
Nothing here knows Jupyter: `send` is given.
"""

from __future__ import annotations

import logging
import platform
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from virgil_nb import __version__
from virgil_nb.engine import Batch, Change, Document, EditError, Editor, Problem, Registry, Services, edit_from_json, validate
from virgil_nb.widget.messages import (
    PROTOCOL,
    DocumentJSON,
    Edit,
    NoteLevel,
    Op,
    ProblemJSON,
    Ready,
    Redo,
    Snapshot,
    SpecJSON,
    ToBrowser,
    ToKernel,
    Undo,
)
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.parsing import MalformedError, parse
from virgil_nb.widget.relay import Relay

log = logging.getLogger(__name__)

CHECK_DELAY = 0.1  # a quiet moment after the last edit
SPEC_DELAY = 0.05
MAX_VIEWS = 64  # pages that were reloaded never said goodbye; the oldest are forgotten
SNAPSHOT_TRIES = 20
EVERYONE = "*"
Send = Callable[[ToBrowser, Sequence[bytes]], None]


class Conversation:
    """Answers the views of one editor, and tells them what changes.

    start: called on a background thread with the output ids that a view wants to run (None: all). stop: cancels the runs, at once.
    """

    def __init__(
        self,
        editor: Editor,
        registry: Registry,
        services: Callable[[], Services],
        objects: Mapping[str, object],
        send: Send,
        pacer: Pacer,
        relay: Relay,
        start: Callable[[list[str] | None], object],
        stop: Callable[[], None],
        still: str,
    ) -> None:
        self._editor = editor
        self._registry = registry
        self._services = services
        self._objects = objects
        self._send = send
        self._pacer = pacer
        self._starter = Pacer("virgil-start")
        self._relay = relay
        self._start = start
        self._stop = stop
        self._still = still
        self._order = threading.Lock()  # what is sent of the document, is sent in the order of revisions
        self._told = editor.revision
        self._views: dict[str, None] = {}
        self._problems: list[ProblemJSON] = []
        self._changed_types: set[str] = set()
        self._stops = 0
        self._unsubscribe = [editor.subscribe(self._on_change), registry.subscribe(self._on_type)]

    @property
    def watched(self) -> bool:
        """Whether any view is open."""
        return bool(self._views)

    def close(self) -> None:
        """Ends all listening; what is under way is dropped."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._starter.close()

    def receive(self, content: object, buffers: Sequence[object] | None = None) -> None:
        """Does what a message asks for. Whatever it is, nothing is raised, and a bad one changes nothing."""
        try:
            self._handle(parse(content, buffers))
        except MalformedError as problem:
            log.warning("a message from the editor was refused: %s", problem)
            self._refuse(problem.view, problem.seq, str(problem))
        except Exception as problem:
            log.exception("a message from the editor could not be handled")
            self.notify("error", f"The kernel could not handle a message from the editor: {type(problem).__name__}: {problem}")

    def notify(self, level: NoteLevel, text: str) -> None:
        """Tells all views something that belongs to no node."""
        self._send({"kind": "notice", "level": level, "text": text[:2000]}, ())

    def check_soon(self, delay: float = 0.0) -> None:
        """Has the document validated in the background, and the views told what is wrong with it."""
        self._pacer.ask("problems", self._check, delay=delay, restart=True)

    def specs(self) -> dict[str, SpecJSON]:
        """All node types as the browser needs them. Looks for files that are choices, so it may take a while."""
        services = self._services()
        return {spec.type: cast("SpecJSON", spec.to_json(services)) for spec in self._registry}

    # --- what the browser asks for

    def _handle(self, message: ToKernel) -> None:
        match message["kind"]:
            case "ready":
                self._ready(message)
            case "edit":
                self._edit(message)
            case "undo" | "redo":
                self._step(message)
            case "run":
                self._run(message.get("outputs"))
            case "stop":
                self._stops += 1
                self._stop()
            case "ack":
                self._relay.previews.acknowledge(message["node"], message["frame"])
            case "bye":
                self._views.pop(message["view"], None)

    def _ready(self, message: Ready) -> None:
        view = message["view"]
        self._views.pop(view, None)
        self._views[view] = None
        while len(self._views) > MAX_VIEWS:
            self._views.pop(next(iter(self._views)), None)
        if message["protocol"] != PROTOCOL:
            self.notify("warning", "The page holds an editor of another version of virgil_nb. Reload the page, and run the cell again.")
        self._pacer.ask(("snapshot", view), lambda: self._tell_all(view))

    def _edit(self, message: Edit) -> None:
        view, seq = message["view"], message["seq"]
        if message["base"] > self._editor.revision:
            self._refuse(view, seq, "This edit belongs to an earlier kernel; the editor now shows what this one has.")
            return
        merge = message.get("merge")
        try:
            edits = [edit_from_json(op) for op in message["ops"]]
            edit = edits[0] if len(edits) == 1 else Batch(tuple(edits))
            self._editor.apply(edit, origin=f"{view}#{seq}", merge=None if merge is None else f"{view}#{merge}")
        except EditError as problem:
            self._refuse(view, seq, str(problem))
        except Exception as problem:
            log.exception("an edit could not be applied")
            self._refuse(view, seq, f"The edit could not be applied: {type(problem).__name__}: {problem}")

    def _step(self, message: Undo | Redo) -> None:
        view, seq, kind = message["view"], message["seq"], message["kind"]
        step = self._editor.undo if kind == "undo" else self._editor.redo
        try:
            if step(f"{view}#{seq}") is None:
                self._refuse(view, seq, f"There is nothing to {kind}.")
        except EditError as problem:
            self._refuse(view, seq, str(problem))

    def _run(self, outputs: list[str] | None) -> None:
        asked = self._stops

        def start() -> None:
            if asked == self._stops:  # else Stop was pressed before the run could start
                self._start(outputs)

        self._starter.ask(object(), start)

    def _refuse(self, view: str | None, seq: int | None, why: str) -> None:
        if view is None:
            self.notify("warning", why)
        else:
            self._send({"kind": "rejected", "view": view, "seq": seq, "message": why[:2000], "rev": self._editor.revision}, ())

    # --- what the browser is told

    def _on_change(self, change: Change) -> None:
        ops = _flat(change.edit.to_json())
        view, _, seq = (change.origin or "").partition("#")
        with self._order:
            self._told = max(self._told, change.revision)
            if not any(op["op"] == "document" for op in ops):
                self._send(
                    {
                        "kind": "applied",
                        "rev": change.revision,
                        "ops": ops,
                        "origin": view if seq else None,
                        "seq": int(seq) if seq.isdigit() else None,
                        "can_undo": change.can_undo,
                        "can_redo": change.can_redo,
                    },
                    (),
                )
            else:
                self._pacer.ask(("snapshot", EVERYONE), lambda: self._tell_all(EVERYONE))
        self.check_soon(CHECK_DELAY)

    def _on_type(self, type_: str) -> None:
        self._changed_types.add(type_)
        self._pacer.ask("specs", self._tell_specs, delay=SPEC_DELAY, restart=True)

    def _tell_specs(self) -> None:
        types, self._changed_types = self._changed_types, set()
        services = self._services()
        known = [spec for type_ in sorted(types) if (spec := self._registry.get(type_)) is not None]
        self._send({"kind": "specs", "specs": [cast("SpecJSON", spec.to_json(services)) for spec in known]}, ())
        self.check_soon()

    def _tell_all(self, view: str) -> None:
        specs = list(self.specs().values())
        for _ in range(SNAPSHOT_TRIES):
            document, rev = self._editor.snapshot()
            message = self._snapshot(view, document, rev, specs)
            with self._order:
                if rev >= self._told:  # else an edit was told meanwhile, and this would take it back
                    self._send(message, ())
                    break
        self._relay.resend_pictures()
        self.check_soon()

    def _snapshot(self, view: str, document: Document, rev: int, specs: list[SpecJSON]) -> Snapshot:
        run, nodes = self._relay.state()
        return {
            "kind": "snapshot",
            "view": view,
            "protocol": PROTOCOL,
            "rev": rev,
            "document": cast("DocumentJSON", document.to_json()),
            "specs": specs,
            "can_undo": self._editor.can_undo,
            "can_redo": self._editor.can_redo,
            "problems": self._problems,
            "run": run,
            "nodes": {node: state for node, state in nodes.items() if node in document.nodes},
            "title": document.name,
            "static": self._still,
            "kernel": {"python": platform.python_version(), "version": __version__},
        }

    def _check(self) -> None:
        document, rev = self._editor.snapshot()
        problems = validate(document, self._registry, services=self._services(), objects=self._objects)
        self.tell_problems(rev, problems)

    def tell_problems(self, rev: int, problems: Sequence[Problem]) -> None:
        """Tells all views what is wrong with revision `rev`."""
        self._problems = [{"node": p.node, "input": p.input, "kind": p.kind, "message": p.message} for p in problems]
        self._send({"kind": "problems", "rev": rev, "problems": self._problems}, ())


def _flat(edit: Mapping[str, Any]) -> list[Op]:
    """The operations of an edit's JSON, batches taken apart."""
    if edit["op"] == "batch":
        return [op for part in edit["ops"] for op in _flat(part)]
    return [cast("Op", edit)]
