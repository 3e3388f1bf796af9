"""What the views are told of the document: snapshots, edits that took effect, faults, node types.

What takes long (choices of files, validation) is done on the pacer's thread. What is sent of the document, is sent in the order
of its revisions: a snapshot never takes back an edit that was told.
"""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from virgil_nb import __version__
from virgil_nb.engine import Change, Document, Editor, NodeSpec, Problem, Registry, Services, validate
from virgil_nb.widget.messages import PROTOCOL
from virgil_nb.widget.messages.document import DocumentJSON
from virgil_nb.widget.messages.edits import Op
from virgil_nb.widget.messages.runs import ProblemJSON
from virgil_nb.widget.messages.specs import SpecJSON
from virgil_nb.widget.messages.to_browser import Snapshot
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.relay import Relay
from virgil_nb.widget.subject import EVERYONE, Subject, Voice
from virgil_nb.widget.wire import rounded_limits

CHECK_DELAY = 0.1  # a quiet moment after the last edit
SPEC_DELAY = 0.05
SNAPSHOT_TRIES = 20


class Showing(Subject):
    """Listens to the editor and the registry, and tells the views. still: the id of the picture that live views hide.

    objects: what the document's ObjectRefs stand for. ran: the document of a run. parts: the subjects that have their say in a snapshot.
    """

    def __init__(
        self,
        editor: Editor,
        registry: Registry,
        services: Callable[[], Services],
        objects: Mapping[str, object],
        voice: Voice,
        pacer: Pacer,
        relay: Relay,
        still: str,
        ran: Callable[[str], Document | None] = lambda _run: None,
    ) -> None:
        self._editor = editor
        self._registry = registry
        self._services = services
        self._objects = objects
        self._voice = voice
        self._pacer = pacer
        self._relay = relay
        self._still = still
        self._ran = ran
        self.parts: Sequence[Subject] = ()
        self._order = threading.Lock()
        self._told = editor.revision
        self._problems: list[ProblemJSON] = []
        self._changed_types: set[str] = set()
        self._unsubscribe = [editor.subscribe(self._on_change), registry.subscribe(lambda type_: self.types_changed([type_]))]

    def close(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def show_all(self, view: str = EVERYONE) -> None:
        """Has a view told everything, soon."""
        self._pacer.ask(("snapshot", view), lambda: self._tell_all(view))

    def check_soon(self, delay: float = 0.0) -> None:
        """Has the document validated in the background, and the views told what is wrong with it."""
        self._pacer.ask("problems", self._check, delay=delay, restart=True)

    def types_changed(self, types: Iterable[str]) -> None:
        """Has the views told of node types that are new, or whose choices are others now."""
        self._changed_types |= set(types)
        self._pacer.ask("specs", self._tell_specs, delay=SPEC_DELAY, restart=True)

    def files_changed(self) -> None:
        """Has the views told of the node types that let people choose among the pictures of the input folder."""
        self.types_changed([spec.type for spec in self._registry if any(item.image_upload for item in spec.inputs)])

    def tell_problems(self, rev: int, problems: Sequence[Problem]) -> None:
        """Tells all views what is wrong with revision `rev`."""
        self._problems = [{"node": p.node, "input": p.input, "kind": p.kind, "message": p.message} for p in problems]
        self._voice.tell({"kind": "problems", "rev": rev, "problems": self._problems}, ())

    def specs(self) -> dict[str, SpecJSON]:
        """All node types as the browser needs them. Looks for files that are choices, so it may take a while."""
        services = self._services()
        return {spec.type: _spec_json(spec, services) for spec in self._registry}

    def _on_change(self, change: Change) -> None:
        ops = _flat(change.edit.to_json())
        view, _, seq = (change.origin or "").partition("#")
        with self._order:
            self._told = max(self._told, change.revision)
            if not any(op["op"] == "document" for op in ops):
                self._voice.tell(
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
                self.show_all()
        self.check_soon(CHECK_DELAY)

    def _tell_specs(self) -> None:
        types, self._changed_types = self._changed_types, set()
        services = self._services()
        known = [spec for type_ in sorted(types) if (spec := self._registry.get(type_)) is not None]
        self._voice.tell({"kind": "specs", "specs": [_spec_json(spec, services) for spec in known]}, ())
        self.check_soon()

    def _tell_all(self, view: str) -> None:
        specs = list(self.specs().values())
        for _ in range(SNAPSHOT_TRIES):
            document, rev = self._editor.snapshot()
            message = self._snapshot(view, document, rev, specs)
            with self._order:
                if rev >= self._told:  # else an edit was told meanwhile, and this would take it back
                    self._voice.tell(message, ())
                    break
        self._relay.resend_pictures()
        self.check_soon()

    def _snapshot(self, view: str, document: Document, rev: int, specs: list[SpecJSON]) -> Snapshot:
        run, nodes = self._relay.state()
        message: Snapshot = {
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
        ran = None if run is None else self._ran(run["id"])
        if ran is not None and ran != document:
            message["ran"] = cast("DocumentJSON", ran.to_json())
        for part in self.parts:
            message.update(cast("Snapshot", part.in_snapshot()))
        return message

    def _check(self) -> None:
        document, rev = self._editor.snapshot()
        self.tell_problems(rev, validate(document, self._registry, services=self._services(), objects=self._objects))


def _spec_json(spec: NodeSpec, services: Services) -> SpecJSON:
    return rounded_limits(cast("SpecJSON", spec.to_json(services)))


def _flat(edit: Mapping[str, Any]) -> list[Op]:
    """The operations of an edit's JSON, batches taken apart."""
    if edit["op"] == "batch":
        return [op for part in edit["ops"] for op in _flat(part)]
    return [cast("Op", edit)]
