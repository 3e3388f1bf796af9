"""The log: what nodes print and say, line by line, for the editor's log drawer.

New lines go out together, a few times a second; of a flood the newest are sent, and how many were not. A view that opens later
gets the last of them with its snapshot.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any, Literal

from virgil_nb.engine.events import Event, NodeFailed, NodeNote, NodePrinted
from virgil_nb.widget.messages.runs import LogLineJSON
from virgil_nb.widget.messages.to_browser import Log
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.subject import Subject, Voice

INTERVAL = 0.25
MOST_AT_ONCE = 200
MOST_KEPT = 500
LONGEST_LINE = 2000
NO_TEXT = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]")  # terminals' colours, controls


class Logbook(Subject):
    """Listens to runs. A line is kept once, however long its text was."""

    def __init__(self, voice: Voice, pacer: Pacer) -> None:
        self._voice = voice
        self._pacer = pacer
        self._lock = threading.Lock()
        self._kept: deque[LogLineJSON] = deque(maxlen=MOST_KEPT)
        self._new: deque[LogLineJSON] = deque(maxlen=MOST_AT_ONCE)
        self._dropped = 0

    def in_snapshot(self) -> Mapping[str, Any]:
        with self._lock:
            return {"log": list(self._kept)}

    def listen(self, event: Event) -> None:
        """Takes an event of a run, on whatever thread it happens; returns at once."""
        match event:
            case NodePrinted():
                self._take(event.run_id, event.node, "print", event.text)
            case NodeNote():
                self._take(event.run_id, event.node, event.level, event.text)
            case NodeFailed():
                self._take(event.run_id, event.node, "error", f"{event.exception_type}: {event.message}")

    def _take(self, run: str, node: str, level: Literal["print", "info", "warning", "error"], text: str) -> None:
        lines = [NO_TEXT.sub("", line) for line in text.split("\n")]
        with self._lock:
            for line in lines:
                shown = line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"
                told: LogLineJSON = {"run": run, "node": node, "level": level, "text": shown}
                self._dropped += len(self._new) == MOST_AT_ONCE
                self._new.append(told)
                self._kept.append(told)
        self._pacer.ask("log", self._tell, every=INTERVAL)

    def _tell(self) -> None:
        with self._lock:
            told: Log = {"kind": "log", "lines": list(self._new)}
            if self._dropped:
                told["dropped"] = self._dropped
            self._new.clear()
            self._dropped = 0
        self._voice.tell(told, ())
