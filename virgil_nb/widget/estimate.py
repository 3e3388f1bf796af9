"""How long the running run will still take, by the pace of its steps and by how long its nodes took before.

What was never seen counts nothing, so a first run is told too short at its beginning; while nothing at all is known, nothing is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from virgil_nb.engine.events import Event, NodeFinished, NodeProgress, NodesCached, NodeStarted, RunFinished, RunStarted

MOST_KEPT = 10_000


class Estimate:
    """Learns from the events of all runs, of which one at a time is executed. Not thread-safe: whoever holds it takes care of that.

    kind: a node's type, so that a node of that id in another workflow is not taken for it.
    """

    def __init__(self, kind: Callable[[str], str] = str, clock: Callable[[], float] = time.monotonic) -> None:
        self._kind = kind
        self._clock = clock
        self._took: dict[tuple[str, str], float] = {}
        self._run: str | None = None
        self._left: dict[str, None] = {}
        self._node: str | None = None
        self._began = 0.0
        self._first: tuple[float, float] | None = None  # (steps done, when) at the first step that was told
        self._last: tuple[float, float, float] | None = None  # (steps done, of how many, when) at the last

    def take(self, event: Event) -> None:
        """Learns from an event, at the moment when it happens."""
        match event:
            case RunStarted():
                self._run, self._node = event.run_id, None
                self._left = dict.fromkeys(event.nodes)
            case NodesCached():
                for node in event.nodes:
                    self._left.pop(node, None)
            case NodeStarted():
                self._node, self._began = event.node, self._clock()
                self._first = self._last = None
            case NodeProgress() if event.node == self._node:
                self._step(event.value, event.maximum)
            case NodeFinished():
                self._left.pop(event.node, None)
                self._keep(event.node, event.seconds)
                self._node = None
            case RunFinished() if event.run_id == self._run:
                self._run, self._node, self._left = None, None, {}

    def remaining(self) -> float | None:
        """Seconds, or None while nothing is known or nothing runs."""
        if self._run is None:
            return None
        known = [seconds for node in self._left if (seconds := self._of(node)) is not None]
        return sum(known) if known else None

    def _of(self, node: str) -> float | None:
        before = self._took.get((node, self._kind(node)))
        if node != self._node:
            return before
        now = self._clock()
        if self._first is not None and self._last is not None:
            done, maximum, at = self._last
            if done > self._first[0]:
                pace = (at - self._first[1]) / (done - self._first[0])
                return max(0.0, (maximum - done) * pace - (now - at))
        return None if before is None else max(0.0, before - (now - self._began))

    def _step(self, value: float, maximum: float) -> None:
        now = self._clock()
        if self._first is None or self._last is None or value < self._last[0] or maximum != self._last[1]:
            self._first = (value, now)  # another loop of the same node
        self._last = (value, maximum, now)

    def _keep(self, node: str, seconds: float) -> None:
        key = node, self._kind(node)
        self._took.pop(key, None)
        self._took[key] = seconds
        while len(self._took) > MOST_KEPT:
            self._took.pop(next(iter(self._took)))
