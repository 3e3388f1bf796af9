"""What the terminal says when something goes wrong."""

from __future__ import annotations

import os
import traceback

from virgil_nb.engine import NodeError, VirgilError, WorkflowInvalid


class UsageError(Exception):
    """What was typed makes no sense; exit code 2."""


def explain(error: BaseException) -> str:
    """The message for `error`. With VIRGIL_DEBUG set, the whole trace; without, one for errors that nobody foresaw names the type."""
    if os.environ.get("VIRGIL_DEBUG"):
        return "".join(traceback.format_exception(error))
    if isinstance(error, WorkflowInvalid):
        lines = [f"  {problem.message}" for problem in error.problems]
        return "\n".join(["this workflow can't run:", *lines])
    if isinstance(error, NodeError | VirgilError | OSError):
        return str(error)
    return f"{type(error).__name__}: {error} (VIRGIL_DEBUG=1 shows where)"
