"""`Workbench`: a workflow as a node editor in a notebook cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from virgil_nb.api.result import Result
from virgil_nb.api.run import Run
from virgil_nb.api.session import Session, default_session
from virgil_nb.api.workflow import NodeKey, Workflow
from virgil_nb.widget import WorkbenchWidget


class Workbench(WorkbenchWidget):
    """The editor. A bare `Workbench()` opens text-to-image with a prompt in it.

    What is edited in it is at once in `wb.workflow`, and what code changes there is seen in it. `wb.run()` and `wb.start()` mean
    what they mean on a workflow; `wb.result` is the last run's result.
    """
