"""What is known of a workbench's runs, as the browser needs it: one run shown, a state per node.

A pure reducer: events go in, and `drain` gives what changed since the last time. Of several runs the first that is not
over is shown; when it ends, the next takes its place.
"""

from __future__ import annotations

from virgil_nb.engine.events import (
    Event,
    NodeFailed,
    NodeFinished,
    NodeNote,
    NodeProgress,
    NodesCached,
    NodeStarted,
    RunFinished,
    RunMoved,
    RunQueued,
    RunStarted,
)
from virgil_nb.widget.error_titles import text_of, title_of
from virgil_nb.widget.messages.runs import ErrorJSON, NodeRunState, NodeStateJSON, NoteJSON, RunJSON

KEPT_NOTES = 20
KEPT_TRACEBACK = 60
KEPT_TEXT = 4000


class RunBoard:
    """The runs' state. Not thread-safe: whoever holds it takes care of that."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Event]] = {}  # runs behind the shown one: their events so far
        self.run: RunJSON | None = None
        self.nodes: dict[str, NodeStateJSON] = {}
        self._run_changed = False
        self._changed: set[str] = set()

    def take(self, event: Event) -> None:
        """Learns from an event of any of the workbench's runs."""
        shown = self.run
        if shown is not None and event.run_id != shown["id"] and shown["state"] in ("queued", "running"):
            waited = self._waiting.setdefault(event.run_id, [])
            if waited and isinstance(event, RunMoved) and isinstance(waited[-1], RunMoved):
                waited.pop()  # only the last place counts
            waited.append(event)
            self._run_changed |= isinstance(event, (RunQueued, RunFinished))
            return
        self._show(event)
        while self._waiting and self.run is not None and self.run["state"] not in ("queued", "running"):
            for earlier in self._waiting.pop(next(iter(self._waiting))):
                self._show(earlier)

    def drain(self) -> tuple[RunJSON | None, dict[str, NodeStateJSON]]:
        """(the run if it changed, the nodes that did) since the last drain."""
        run = self.shown() if self._run_changed else None
        nodes = {node: self.nodes[node].copy() for node in sorted(self._changed) if node in self.nodes}
        self._run_changed = False
        self._changed = set()
        return run, nodes

    def shown(self) -> RunJSON | None:
        """The shown run, with how many wait behind it."""
        if self.run is None:
            return None
        run = self.run.copy()
        queued = sum(not isinstance(events[-1], RunFinished) for events in self._waiting.values())
        if queued:
            run["queued"] = queued
        return run

    def _show(self, event: Event) -> None:
        if self.run is None or event.run_id != self.run["id"]:
            self.run = {"id": event.run_id, "state": "queued"}
        self._run_changed = True
        match event:
            case RunQueued():
                self.run["position"] = event.position
                for node in event.nodes if event.position > 0 else ():
                    self._set(node, {"state": "queued"})
            case RunMoved():
                self.run["position"] = event.position
            case RunStarted():
                self.run = {"id": event.run_id, "state": "running", "total": len(event.nodes), "finished": 0}
                for node in event.nodes:
                    self._set(node, {"state": "queued"})
            case NodesCached():
                for node in event.nodes:
                    self._finish(node, {"state": "cached"})
            case NodeStarted():
                self._set(event.node, self._with_notes(event.node, {"state": "running"}))
            case NodeProgress():
                self._set(event.node, self._with_notes(event.node, {"state": "running", "value": event.value, "max": event.maximum}))
            case NodeFinished():
                self._finish(event.node, {"state": "done", "seconds": round(event.seconds, 3)})
            case NodeNote():
                self._note(event.node, {"level": event.level, "text": event.text[:KEPT_TEXT]})
            case NodeFailed():
                self._set(event.node, self._with_notes(event.node, {"state": "error", "error": _error(event)}))
                self.run["message"] = event.message[:KEPT_TEXT]
            case RunFinished():
                self._end(event)
            case _:
                self._run_changed = False

    def _set(self, node: str, state: NodeStateJSON) -> None:
        self.nodes[node] = state
        self._changed.add(node)

    def _with_notes(self, node: str, state: NodeStateJSON) -> NodeStateJSON:
        before = self.nodes.get(node)
        if before is not None and before.get("notes"):
            state["notes"] = before["notes"]
        return state

    def _finish(self, node: str, state: NodeStateJSON) -> None:
        self._set(node, self._with_notes(node, state))
        assert self.run is not None
        self.run["finished"] = self.run.get("finished", 0) + 1

    def _note(self, node: str, note: NoteJSON) -> None:
        state = self.nodes.get(node) or {"state": "queued"}
        self._set(node, {**state, "notes": [*state.get("notes", []), note][-KEPT_NOTES:]})

    def _end(self, event: RunFinished) -> None:
        assert self.run is not None
        self.run["state"] = event.state
        self.run["seconds"] = round(event.seconds, 3)
        self.run.pop("position", None)
        left: NodeRunState = "waiting" if event.state == "failed" else "idle"
        for node, state in list(self.nodes.items()):
            if state["state"] == "queued":
                self._set(node, {"state": left})
            elif state["state"] == "running":
                self._set(node, self._with_notes(node, {"state": "stopped"}))


def _error(event: NodeFailed) -> ErrorJSON:
    lines = [line[:KEPT_TEXT] for line in event.traceback_lines[-KEPT_TRACEBACK:]]
    kind, own = event.exception_type[:200], event.is_user_code
    return {"title": title_of(kind, own_code=own), "message": text_of(event.message[:KEPT_TEXT], kind, own_code=own), "traceback": lines}
