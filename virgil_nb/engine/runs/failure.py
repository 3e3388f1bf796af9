"""What a run says of a node that raised: the event, and the error that ends the run."""

from __future__ import annotations

import asyncio
import concurrent.futures
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from virgil_nb.engine.context import RunCancelled
from virgil_nb.engine.errors import NodeError, Problem, WorkflowInvalid
from virgil_nb.engine.events import NodeFailed
from virgil_nb.engine.planning.prepare import Prepared, name_of
from virgil_nb.engine.runs.execution import Call
from virgil_nb.engine.runs.graph import RunGraph

_PACKAGE: Final = __name__.partition(".")[0]
# where a traceback has not come to the node's own code yet
_NOT_THE_NODES: Final = (str(Path(__file__).parents[1]), str(Path(asyncio.__file__).parent), str(Path(concurrent.futures.__file__).parent))


def failure_of(prepared: Prepared, call: Call, error: BaseException, display: str) -> BaseException:
    """RunCancelled if the node was told to stop; else a NodeError, of which listeners hear here. display: the node that shows it."""
    call.notes.clear()
    run, node = call.execution.run, prepared.node
    if run.cancelling and (call.told_to_stop or isinstance(error, (RunCancelled, asyncio.CancelledError))):
        return RunCancelled()
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_NOT_THE_NODES):
        trace = trace.tb_next
    error.__traceback__ = trace
    lines = tuple(line for text in traceback.format_exception(error) for line in text.splitlines())
    own = (getattr(prepared.spec.function, "__module__", "") or "").partition(".")[0] == _PACKAGE
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - someone's __str__
        message = ""
    run.log.add(NodeFailed, node.id, message, type(error).__name__, lines, not own)
    return NodeError(display, error, None, node_type=node.type, title=node.title)


def circle_of(ring: Sequence[str], graph: RunGraph) -> tuple[str, WorkflowInvalid]:
    """(the node that says so, what is wrong) where nodes of a run wait for each other."""
    names = " → ".join(f"{name_of(graph.prepared[key].node)} ({key})" for key in ring[:10])
    message = f"{names}: these nodes wait for each other's results; none of them can run."
    first = next((key for key in ring if key not in graph.display), ring[0])
    shown = graph.display.get(first, first)
    return first, WorkflowInvalid([Problem(shown, None, "dependency_cycle", message, {"nodes": list(ring)})])
