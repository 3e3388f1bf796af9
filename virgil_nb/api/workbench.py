"""`Workbench`: a workflow as a node editor in a notebook cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from virgil_nb.api import control
from virgil_nb.api.editing import NodeKey
from virgil_nb.api.result import Result
from virgil_nb.api.run import Run, as_results
from virgil_nb.api.session import Session, default_session
from virgil_nb.api.workflow import Workflow
from virgil_nb.engine import Document
from virgil_nb.engine import Run as EngineRun
from virgil_nb.engine.runs.run import refuse_inside_node
from virgil_nb.widget import WorkbenchWidget
from virgil_nb.widget.keeping import KEEPERS
from virgil_nb.widget.kernels import Names


class Workbench(WorkbenchWidget):
    """The node editor of a workflow; a bare `Workbench()` opens text-to-image with a prompt in it.

    What is edited in the cell is at once in `wb.workflow`, and what code changes there moves the fields in the cell. `wb.run()`
    and `wb.start()` mean what they mean on a workflow, and show in the cell; `wb.result` is what the last run gave.

    It has two sides: the panel (prompt, shape, seed, Run and the picture) and the graph. A bare `Workbench()` opens with the panel,
    a given workflow with its graph, and `view="panel"` or `view="graph"` says which; a switch in its corner turns to the other.

    Edits in the cell are kept beside the notebook, by `name` or else by the cell that makes the workbench, and made again when
    the code gives the same workflow again. `autosave=False` keeps none.
    """

    def __init__(
        self,
        workflow: Workflow | None = None,
        name: str | None = None,
        autosave: bool = True,
        *,
        view: Literal["panel", "graph"] | None = None,
        session: Session | None = None,
    ) -> None:
        if workflow is not None and not isinstance(workflow, Workflow):
            found = type(workflow).__name__
            raise TypeError(f"A workbench shows a Workflow; got {found}. Workflow.open(source) makes one of files and dicts.")
        if view not in (None, "panel", "graph"):
            raise ValueError(f'A workbench\'s view is {view!r}; give "panel" or "graph", or leave it out.')
        self.workflow = workflow if workflow is not None else Workflow.template("text-to-image")
        self._session = session
        super().__init__(
            self.workflow.editor,
            lambda: self.session.engine,
            registry=self.workflow.registry,
            services=lambda: self.session.services,
            objects=self.workflow.objects,
            opens=view or ("panel" if workflow is None else "graph"),
            keeping=KEEPERS.keep(self.workflow.editor, name=name, autosave=autosave, objects=self.workflow.objects),
        )

    @property
    def session(self) -> Session:
        """The session that it runs in."""
        return self._session if self._session is not None else default_session()

    @property
    def result(self) -> Result | None:
        """What the last finished run gave, started by code or by the Run button; None before the first.

        Raises NodeError or Interrupted if that run failed or was stopped.
        """
        run = self.last_finished_run
        return None if run is None else self._facade(run).result()

    def start(self, outputs: Iterable[NodeKey] | None = None, *, partial: bool = False) -> Run:
        """Queues a run and returns at once; see `Workflow.start`."""
        return self._facade(self.submit(self._ids(outputs), partial=partial))

    def run(self, outputs: Iterable[NodeKey] | None = None, *, partial: bool = False) -> Result:
        """Runs and waits for the result; see `Workflow.run`. The editor's Stop and the notebook's stop button both end it."""
        refuse_inside_node()
        run = self.submit(self._ids(outputs), partial=partial)
        with as_results(self.workflow.registry, self.workflow.objects):
            return Result(self.finish(run), self.workflow.registry, self.workflow.objects)

    def reset(self) -> None:
        """Drops the edits that were kept: the workflow is again what the code gave. Undo brings them back."""
        self._keeping.reset()

    def prepare_run(self) -> None:
        control.advance(self.workflow.editor, self.workflow.registry)

    def adopt(self, document: Document) -> Document:
        return self.workflow.objects.extract(document)

    def names(self, which: str) -> Names:
        own = super().names(which)
        return own if which == "wb" else [(self.workflow, ""), *own]

    def _facade(self, run: EngineRun) -> Run:
        return Run(run, self.workflow.registry, self.workflow.objects)

    def _ids(self, outputs: Iterable[NodeKey] | None) -> list[str] | None:
        return None if outputs is None else [self.workflow.id_of(node) for node in outputs]
