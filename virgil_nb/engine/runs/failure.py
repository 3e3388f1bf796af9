"""What a run says of a node that raised: the event, and the error that ends the run."""

from __future__ import annotations

import asyncio
import concurrent.futures
import traceback
from pathlib import Path
from typing import Final

from virgil_nb.engine.context import RunCancelled
from virgil_nb.engine.errors import NodeError
from virgil_nb.engine.events import NodeFailed
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.runs.execution import Call

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
