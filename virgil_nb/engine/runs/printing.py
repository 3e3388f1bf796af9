"""What nodes print: taken line by line while a run lasts, thread by thread, and told as events.

    node prints ──▶ sys.stdout, a Divided stream ──▶ Printed of the run that this thread (or task) works for ──▶ NodePrinted
                                      └──────────▶ the real stream: other threads always, a node unless its run has echo off

`print` looks up sys.stdout when it is called, so the stream is put there while any run executes, and taken away after the last one. What
a node's own threads print, or a library writes below Python, is not seen here and goes where it always went.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any, Final, Literal

from virgil_nb.engine.context import EXECUTION
from virgil_nb.engine.events import NodePrinted
from virgil_nb.engine.runs.event_log import TELLING, EventLog

StreamName = Literal["stdout", "stderr"]
STREAMS: Final[tuple[StreamName, ...]] = ("stdout", "stderr")

FREE: Final = 200  # events of one run before lines are gathered
SECONDS: Final = 0.05  # between two events from then on
MOST: Final = 1 << 20  # letters that one run keeps
LONGEST: Final = 1 << 13  # letters of a line that are waited for
MOST_WAITING: Final = 1 << 16  # letters that are gathered


class _Waiting:
    """What was printed to one stream and is not told yet. tail: letters since the last line's end."""

    __slots__ = ("parts", "size", "tail")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.tail = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)
        end = text.rfind("\n") + 1
        self.tail = len(text) - end if end else self.tail + len(text)

    def take(self, whole: bool) -> str:
        """The text up to the last line's end, or all of it."""
        text = "".join(self.parts)
        end = len(text) if whole else len(text) - self.tail
        self.parts, self.size, self.tail = ([text[end:]] if end < len(text) else []), len(text) - end, len(text) - end
        return text[:end]


class Printed:
    """What the nodes of one run print. A bounded part of it becomes events: whole lines, at once while they are few.

    waiting: what was printed and is not told yet, per node and stream.
    """

    def __init__(self, log: EventLog, echo: bool) -> None:
        self.echo = echo
        self._log = log
        self._lock = threading.Lock()  # a node's tasks may be on other threads
        self.waiting: dict[tuple[str, StreamName], _Waiting] = {}
        self._node = ""
        self._free = FREE
        self._next = 0.0
        self._left = MOST
        self._dropped = 0

    def write(self, node: str, text: str, stream: StreamName) -> None:
        """Takes what was printed; tells of the lines that are whole now."""
        with self._lock:
            self._node = node
            if self._left <= 0:
                self._dropped += text.count("\n")
                return
            waiting = self.waiting.get((node, stream))
            if waiting is None:
                waiting = self.waiting[node, stream] = _Waiting()
            waiting.add(text)
            if waiting.tail > LONGEST:
                self._tell(node, waiting.take(whole=True), stream)
            elif waiting.size > MOST_WAITING or (waiting.tail < len(text) and self._may_tell()):
                self._tell(node, waiting.take(whole=False), stream)

    def finish(self, node: str | None = None) -> None:
        """Tells what was not told yet: the node, or (None) every node, is over."""
        if self.waiting:
            with self._lock:
                for place in [place for place in self.waiting if node is None or place[0] == node]:
                    waiting = self.waiting.pop(place)
                    if waiting.size:
                        self._tell(place[0], waiting.take(whole=True), place[1])

    def close(self) -> None:
        """Tells what was left out: the run is over."""
        self.finish()
        if self._dropped:
            self._log.add(NodePrinted, self._node, f"… and {self._dropped:,} more lines, which are not kept", "stderr")

    def _may_tell(self) -> bool:
        if self._free > 0:
            self._free -= 1
            return True
        now = monotonic()
        if now < self._next:
            return False
        self._next = now + SECONDS
        return True

    def _tell(self, node: str, text: str, stream: StreamName) -> None:
        shown = "\n".join(_as_seen(line) for line in text.removesuffix("\n").split("\n"))
        if len(shown) > self._left:
            self._left = 0
            self._dropped += shown.count("\n") + 1
            return
        self._left -= len(shown)
        self._log.add(NodePrinted, node, shown, stream)


def _as_seen(line: str) -> str:
    """A line as a terminal shows it in the end: a progress bar that was drawn over and over is its last state."""
    return line.rstrip("\r").rpartition("\r")[2]


class Divided:
    """Stands for sys.stdout or sys.stderr while runs execute. In all but `write` and `writelines` it is the stream behind it."""

    def __init__(self, behind: Any, name: StreamName) -> None:
        self.behind = behind
        self.users = 0
        self._name: StreamName = name

    def write(self, text: str) -> int:
        execution = EXECUTION.get()
        printed = None if execution is None or getattr(TELLING, "now", False) else execution.printed
        if execution is not None and printed is not None and isinstance(text, str):
            printed.write(execution.node_id, text, self._name)
            if not printed.echo:
                return len(text)
        written: int = self.behind.write(text)
        return written

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.behind)

    def __enter__(self) -> Divided:
        return self

    def __exit__(self, *error: object) -> None: ...


_PLACING: Final = threading.Lock()


class divided:  # noqa: N801 - a context, named as what it does
    """While this lasts, sys.stdout and sys.stderr are Divided. Who put another stream there in the meantime keeps it."""

    __slots__ = ("_placed",)

    def __enter__(self) -> None:
        self._placed: list[tuple[StreamName, Divided]] = []
        with _PLACING:
            for name in STREAMS:
                stream = getattr(sys, name)
                if stream is None:
                    continue
                if type(stream) is not Divided:
                    stream = Divided(stream, name)
                    setattr(sys, name, stream)
                stream.users += 1
                self._placed.append((name, stream))

    def __exit__(self, *error: object) -> None:
        with _PLACING:
            for name, stream in self._placed:
                stream.users -= 1
                if not stream.users and getattr(sys, name) is stream:
                    setattr(sys, name, stream.behind)
