"""From the engine's events to the browser's messages: coalesced, so that a fast run never floods the channel.

Bursts of more than about a thousand messages can be dropped silently on the way to the browser, so node states go out as one
delta at most 15 times a second, previews by back-pressure (previews.py), and finished pictures once each.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from virgil_nb.engine.events import Event, NodeOutput, NodePreview, NodeProgress, RunFinished, RunStarted
from virgil_nb.widget.encoding import as_picture, as_pil
from virgil_nb.widget.estimate import Estimate
from virgil_nb.widget.messages.runs import ImageJSON, NodeStateJSON, RunJSON
from virgil_nb.widget.messages.to_browser import Images, RunStatus, ToBrowser
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.previews import Frame, Previews
from virgil_nb.widget.run_board import RunBoard

if TYPE_CHECKING:
    from PIL.Image import Image

INTERVAL = 1 / 15
SHOWN_PICTURES = 16
KEPT_RUNS = 200
Send = Callable[[ToBrowser, Sequence[bytes]], None]


class Relay:
    """Listens to runs and tells the browser; also remembers what a view that opens later has to know.

    send: called on the pacer's thread. finished: called there too, with the event, after everything of a run was sent. kind: the
    type of a node.
    """

    def __init__(
        self,
        pacer: Pacer,
        send: Send,
        finished: Callable[[RunFinished], None],
        watched: Callable[[], bool],
        *,
        kind: Callable[[str], str] = str,
    ) -> None:
        self._pacer = pacer
        self._send = send
        self._finished = finished
        self._watched = watched
        self._estimate = Estimate(kind)
        self._lock = threading.Lock()
        self._ended: deque[str] = deque(maxlen=KEPT_RUNS)
        self._end_told = threading.Condition(self._lock)
        self._board = RunBoard()
        self._totals: dict[str, int] = {}
        self._shown: dict[str, tuple[Images, list[bytes]]] = {}
        self._pictures: dict[str, list[Image]] = {}
        self.previews = Previews(pacer, send)
        self.observers: list[Callable[[], None]] = []  # called after something was sent

    def listen(self, event: Event) -> None:
        """Takes an event of a run, on whatever thread it happens; returns at once."""
        with self._lock:
            self._board.take(event)
            self._estimate.take(event)
        match event:
            case RunStarted():
                self.previews.clear()
                self._totals.clear()
            case NodeProgress():
                self._totals[event.node] = round(event.maximum)
            case NodePreview():
                if self._watched():
                    self.previews.offer(Frame(event.run_id, event.node, event.picture, event.step, self._totals.get(event.node)))
                return
            case NodeOutput():
                self._pacer.ask(("images", event.run_id, event.node), lambda: self._show(event))
            case RunFinished():
                self._pacer.ask(("finished", event.run_id), lambda: self._end(event))
        self._pacer.ask("states", self.flush, every=INTERVAL)

    def flush(self) -> None:
        """Sends what changed since the last flush."""
        with self._lock:
            run, nodes = self._board.drain()
            run = _timed(run, self._estimate.remaining())
            run_id = self._board.run["id"] if self._board.run else ""
        if nodes:
            self._send({"kind": "nodes", "run": run_id, "nodes": nodes}, ())
        if run is not None:
            self._send(_status(run), ())
        self._observed()

    def state(self) -> tuple[RunJSON | None, dict[str, NodeStateJSON]]:
        """The shown run and all nodes' states, for a snapshot."""
        with self._lock:
            return _timed(self._board.shown(), self._estimate.remaining()), {k: v.copy() for k, v in self._board.nodes.items()}

    def wait_until_told(self, run_id: str, timeout: float) -> bool:
        """Waits until everything of a run that is over was sent; False if that took longer than `timeout`."""
        with self._end_told:
            return self._end_told.wait_for(lambda: run_id in self._ended, timeout)

    def resend_pictures(self) -> None:
        """Sends the pictures and previews that a view which just opened has not seen."""
        with self._lock:
            shown = list(self._shown.values())
            run = self._board.run
        for told, data in shown:
            self._send({**told, "stale": run is not None and told["run"] != run["id"]}, data)
        if run is not None and run["state"] == "running":
            for preview, frame in self.previews.latest():
                self._send(preview, frame)

    def pictures(self) -> Mapping[str, Sequence[Image]]:
        """The last finished pictures per node."""
        with self._lock:
            return dict(self._pictures)

    def pictures_of(self, run_id: str) -> list[Image]:
        """The finished pictures of a run, if no later run showed others."""
        with self._lock:
            return [picture for node, several in self._pictures.items() if self._shown[node][0]["run"] == run_id for picture in several]

    def encoded(self) -> list[tuple[str, ImageJSON, bytes]]:
        """(node, description, bytes) of the last finished pictures of all nodes."""
        with self._lock:
            shown = list(self._shown.items())
        return [(node, told, data) for node, (message, several) in shown for told, data in zip(message["images"], several, strict=True)]

    def _show(self, event: NodeOutput) -> None:
        several = list(_pictures_of(event.ui))[:SHOWN_PICTURES]
        if not several:
            return
        told: list[ImageJSON] = []
        data: list[bytes] = []
        for picture in several:
            encoded, description = as_picture(picture)
            told.append(description)
            data.append(encoded)
        message: Images = {"kind": "images", "run": event.run_id, "node": event.node, "images": told}
        with self._lock:
            self._shown[event.node] = (message, data)
            self._pictures[event.node] = [as_pil(picture) for picture in several]
        self._send(message, data)
        self._observed()

    def _observed(self) -> None:
        for observer in list(self.observers):
            observer()

    def _end(self, event: RunFinished) -> None:
        self.flush()
        self._finished(event)
        with self._end_told:
            self._ended.append(event.run_id)
            self._end_told.notify_all()


def _pictures_of(ui: Mapping[str, Any]) -> Sequence[Any]:
    images = ui.get("images") if isinstance(ui, Mapping) else None
    return images if isinstance(images, (list, tuple)) else ()


def _timed(run: RunJSON | None, remaining: float | None) -> RunJSON | None:
    if run is None or remaining is None or run["state"] != "running":
        return run
    return {**run, "remaining": round(remaining, 1)}


def _status(run: RunJSON) -> RunStatus:
    return {"kind": "run", **run}
