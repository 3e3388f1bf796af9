"""Previews with back-pressure: of each node only the newest frame waits, and it goes when the browser has drawn earlier ones.

A burst of frames would queue in the browser and arrive seconds late; so no more than WINDOW frames of a node are under way
without an `ack`. A view that was closed answers no more: after PATIENCE seconds a frame counts as answered.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from virgil_nb.widget.encoding import as_preview
from virgil_nb.widget.messages.to_browser import Preview
from virgil_nb.widget.pacing import Pacer

log = logging.getLogger(__name__)

WINDOW = 3
PATIENCE = 1.0
INTERVAL = 1 / 30
Send = Callable[[Preview, list[bytes]], None]


@dataclass
class Frame:
    """A preview that may be sent: `picture()` makes it, on the thread that sends it."""

    run: str
    node: str
    picture: Callable[[], Any]
    step: int | None
    total: int | None


@dataclass
class _Stream:
    waiting: Frame | None = None
    number: int = 0
    under_way: dict[int, float] = field(default_factory=dict)  # frame -> when it was sent


class Previews:
    """One stream of frames per node."""

    def __init__(self, pacer: Pacer, send: Send, clock: Callable[[], float] = time.monotonic) -> None:
        self._pacer = pacer
        self._send = send
        self._clock = clock
        self._lock = threading.Lock()
        self._streams: dict[str, _Stream] = {}
        self._latest: dict[str, tuple[Preview, list[bytes]]] = {}

    def offer(self, frame: Frame) -> None:
        """Takes a frame; it replaces one that still waits."""
        with self._lock:
            self._streams.setdefault(frame.node, _Stream()).waiting = frame
        self._ask(frame.node)

    def acknowledge(self, node: str, number: int) -> None:
        """A view has drawn that frame (and so all before it)."""
        with self._lock:
            stream = self._streams.get(node)
            if stream is None:
                return
            stream.under_way = {sent: at for sent, at in stream.under_way.items() if sent > number}
            waits = stream.waiting is not None
        if waits:
            self._ask(node)

    def latest(self) -> list[tuple[Preview, list[bytes]]]:
        """The last frame of each node, for a view that just opened."""
        with self._lock:
            return list(self._latest.values())

    def clear(self) -> None:
        """Forgets all frames, when a new run begins."""
        with self._lock:
            self._latest.clear()
            for stream in self._streams.values():
                stream.waiting = None

    def _ask(self, node: str, delay: float = 0.0) -> None:
        self._pacer.ask(("preview", node), lambda: self._advance(node), delay=delay, every=INTERVAL)

    def _advance(self, node: str) -> None:
        now = self._clock()
        with self._lock:
            stream = self._streams[node]
            stream.under_way = {number: at for number, at in stream.under_way.items() if now - at < PATIENCE}
            if stream.waiting is None:
                return
            if len(stream.under_way) >= WINDOW:
                self._ask(node, max(min(stream.under_way.values()) + PATIENCE - now, INTERVAL))
                return
            frame, stream.waiting = stream.waiting, None
            stream.number += 1
            number = stream.number
            stream.under_way[number] = now
        try:
            data, width, height = as_preview(frame.picture())
        except Exception:
            log.exception("the preview of node %s could not be made", node)
            with self._lock:
                stream.under_way.pop(number, None)
            return
        told: Preview = {
            "kind": "preview",
            "run": frame.run,
            "node": node,
            "frame": number,
            "width": width,
            "height": height,
            "format": "jpeg",
        }
        if frame.step is not None:
            told["step"] = frame.step
        if frame.total is not None:
            told["total"] = frame.total
        with self._lock:
            self._latest[node] = (told, [data])
        self._send(told, [data])
