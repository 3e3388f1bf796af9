"""Waiting for a run in a cell, so that it can be stopped while it is waited for."""

from __future__ import annotations

from virgil_nb.engine import Run
from virgil_nb.widget.kernels import message_pump

SLICE = 0.05
END_LIMIT = 10.0


def wait_for(run: Run) -> None:
    """Returns when the run is over. An interrupt (the notebook's stop button) cancels the run, waits for its end, and is raised.

    Where the kernel handles no messages during a cell (ipykernel before 7), the editor's messages are handled here, so that
    its own stop button works too.
    """
    pump = message_pump()
    try:
        while not run.wait(SLICE):
            if pump is not None:
                pump()
    except KeyboardInterrupt:
        run.cancel()
        run.wait(END_LIMIT)
        raise
