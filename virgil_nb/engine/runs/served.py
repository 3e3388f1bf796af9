"""A result from the cache in the place of a run: whether it may stand there, and what is told of it."""

from __future__ import annotations

import logging

from virgil_nb.engine.caching.entry import Entry
from virgil_nb.engine.context import checking
from virgil_nb.engine.events import Level, NodeNote, NodeOutput
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.runs.execution import Execution
from virgil_nb.engine.runs.graph import RunGraph
from virgil_nb.engine.services import Services

log = logging.getLogger(__name__)


def is_still(graph: RunGraph, prepared: Prepared, entry: Entry, services: Services) -> bool:
    """Whether a cached result may stand for a run of the node: what that left outside is there, and what it was expanded into unchanged."""
    if entry.kinds and not graph.are_current(entry.kinds):
        return False
    still = prepared.spec.still
    if still is None or entry.ui is None:
        return True
    with checking(services):
        try:
            return bool(still(entry.ui))
        except Exception:
            log.warning("whether the result of %s still holds could not be told", prepared.spec.type, exc_info=True)
            return False


def tell_again(execution: Execution, node_id: str, entry: Entry, *, notes: bool = True, ui: bool = True) -> None:
    """What a node said and shows, told once more."""
    level: Level
    for level, text in entry.notes if notes else ():
        execution.run.log.add(NodeNote, node_id, level, text)
    if ui and entry.ui is not None:
        execution.run.log.add(NodeOutput, node_id, entry.ui)
