"""Runs in the log: a listener that writes what happens to the logger "virgil_nb.runs", for whoever turned it on.

logging.basicConfig()
logging.getLogger("virgil_nb.runs").setLevel("INFO")
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from virgil_nb.engine.events import Event, NodeFailed, NodeFinished, NodeNote, NodesAdded, NodesCached, RunFinished, RunQueued, RunStarted

if TYPE_CHECKING:
    from virgil_nb.engine.runs.run import Run

RUNS: Final = logging.getLogger("virgil_nb.runs")
LEVELS: Final = {"info": logging.INFO, "warning": logging.WARNING}


def log_run(run: Run) -> None:
    """Has `run` written to the log, if anybody wants to read of it."""
    if RUNS.isEnabledFor(logging.INFO):
        run.add_listener(RunLog(run))


class RunLog:
    """Writes one run's events, a line each. Steps and previews are left out."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._name = run.label or run.id[:8]
        self._inside: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        match event:
            case RunQueued() if event.position > 0:
                self._say("waits behind %d", event.position)
            case RunStarted():
                self._say("started, %s", _nodes(len(event.nodes)))
            case NodesCached() if event.nodes:
                self._say("%s from the cache", _nodes(len(event.nodes)))
            case NodesAdded():
                self._inside.update(event.nodes)
            case NodeFinished():
                self._say("%s done in %.2f s", self._node(event.node), event.seconds)
            case NodeNote():
                self._say("%s: %s", self._node(event.node), event.text, level=LEVELS[event.level])
            case NodeFailed():
                self._say("%s failed: %s: %s", self._node(event.node), event.exception_type, event.message, level=logging.ERROR)
            case RunFinished():
                self._say("%s after %.2f s", event.state, event.seconds)

    def _say(self, text: str, *details: object, level: int = logging.INFO) -> None:
        RUNS.log(level, "%s: " + text, self._name, *details)

    def _node(self, node_id: str) -> str:
        record = self._run.document.nodes.get(self._inside.get(node_id, node_id))
        return f"{record.title or record.type} ({node_id})" if record else node_id


def _nodes(count: int) -> str:
    return f"{count} node{'' if count == 1 else 's'}"
