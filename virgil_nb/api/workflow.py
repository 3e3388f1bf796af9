"""`Workflow`: a mutable handle over immutable snapshots of a graph.

    wf = Workflow.template("text-to-image")
    wf["KSampler"].seed = 7
    wf.run().images[0]

Editing is in `EditableGraph`. A run takes a snapshot at the call; later edits don't touch it. What a node *is* (specs) comes from the
registry, what is wrong with the graph from validation.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from virgil_nb import comfy
from virgil_nb import nodes as built_in
from virgil_nb.api import control, templates
from virgil_nb.api.editing import EditableGraph, NodeKey
from virgil_nb.api.python_source import python_source
from virgil_nb.engine import Document, Editor, Problem, default_registry, open_document, write_document
from virgil_nb.engine.runs.run import refuse_inside_node

if TYPE_CHECKING:
    from virgil_nb.api.result import Result
    from virgil_nb.api.run import Run
    from virgil_nb.api.session import Session


class Workflow(EditableGraph):
    """A graph of nodes that can be edited, run, saved and shown. `Workflow()` is empty; picklable.

    `templates()` lists the starting points for `template(name)`; `open(source)` reads files.
    """

    def __init__(self, document: Document | None = None, *, objects: Mapping[str, object] | None = None) -> None:
        built_in.load()
        comfy.register()
        super().__init__(document, objects=objects)

    # -- where workflows come from ------------------------------------------------------------------------------------------

    @staticmethod
    def templates() -> list[str]:
        """Names of the built-in starting points."""
        return templates.names()

    @classmethod
    def template(cls, name: str) -> Workflow:
        """A new workflow from a built-in starting point. Raises KeyError with the names there are."""
        return templates.build(name)

    @classmethod
    def open(cls, source: object) -> Workflow:
        """The workflow in `source`: a path, a dict, JSON text, a PIL image or the path of a PNG that carries one.

        Reads this project's format and ComfyUI's (what its editor saves, and its API's). Raises DocumentError or FileNotFoundError.
        """
        workflow = cls()
        document = workflow.objects.extract(open_document(source, default_registry()))
        workflow.editor = Editor(document)
        return workflow

    def copy(self) -> Workflow:
        """An independent workflow with the same graph and no history."""
        return Workflow(self.document, objects=self.objects)

    # -- running ------------------------------------------------------------------------------------------------------------

    def validate(self, *, session: Session | None = None) -> list[Problem]:
        """Everything that is wrong with the graph; empty when it can run."""
        return self._session(session).validate(self.document, self.objects)

    def start(
        self,
        outputs: Iterable[NodeKey] | None = None,
        *,
        session: Session | None = None,
        partial: bool = False,
        front: bool = False,
        priority: float = 0.0,
    ) -> Run:
        """Queues a run of the graph as it is now, and returns at once.

        `outputs`: only these nodes and what they need; None for every output node. With `partial`, outputs that can't run are left
        out and listed in the result's problems. Of the runs that wait, those with a lower `priority` run sooner, and one that was
        started with `front` before all. Raises WorkflowInvalid if something asked for can't run.
        """
        from virgil_nb.api.run import Run

        where = self._session(session)
        wanted = None if outputs is None else [self.id_of(node) for node in outputs]
        control.advance(self.editor, self.registry)
        run = where.engine.submit(
            self.document, outputs=wanted, objects=self.objects, partial=partial, label=self.name, front=front, priority=priority
        )
        return Run(run, self.registry, self.objects)

    def run(
        self,
        outputs: Iterable[NodeKey] | None = None,
        *,
        session: Session | None = None,
        progress: bool = True,
        partial: bool = False,
    ) -> Result:
        """Runs the graph as it is now, and waits for the result.

        Raises WorkflowInvalid, NodeError (a node failed; `.result` has what was done before) or Interrupted. Stopping the cell stops
        the run within one sampler step.
        """
        refuse_inside_node()
        return self.start(outputs, session=session, partial=partial).wait(progress=progress)

    async def run_async(self, outputs: Iterable[NodeKey] | None = None, *, session: Session | None = None, partial: bool = False) -> Result:
        """As `run`, for `await`: the kernel stays free for other messages. Cancelling the task cancels the run."""
        run = self.start(outputs, session=session, partial=partial)
        try:
            return await asyncio.get_running_loop().run_in_executor(None, run.result)
        except asyncio.CancelledError:
            run.cancel()
            raise

    # -- files --------------------------------------------------------------------------------------------------------------

    def to_api(self, *, embed: bool = False) -> dict[str, Any]:
        """The graph as ComfyUI's API takes it: {id: {class_type, inputs}}.

        Raises ValueError if an input holds a Python object, unless `embed` stores such objects inside (base64 of safetensors).
        """
        document = self.objects.embedded(self.document) if embed else self.objects.plain(self.document)
        return write_document("comfyui-api", document, self.registry)

    def to_comfy(self) -> dict[str, Any]:
        """The graph as ComfyUI's editor saves it."""
        return write_document("comfyui-ui", self.objects.plain(self.document), self.registry)

    def to_json(self) -> dict[str, Any]:
        """The graph in this project's own format."""
        return self.document.to_json()

    def save(self, path: str | Path) -> Path:
        """Writes the workflow to `path` (JSON in this project's format; `.py`: Python), whole or not at all, and returns the path."""
        target = Path(path).expanduser()
        text = self.to_python() if target.suffix == ".py" else _json_text(self.to_json())
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(target)
        return target

    def to_python(self) -> str:
        """Python that makes this workflow again."""
        return python_source(self.document, self.registry)

    def __getstate__(self) -> dict[str, Any]:
        return {"document": self.document.to_json(), "objects": dict(self.objects)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(Document.from_json(state["document"]), objects=state["objects"])  # type: ignore[misc]

    def _session(self, session: Session | None) -> Session:
        from virgil_nb.api.session import default_session

        return session if session is not None else default_session()


def _json_text(data: dict[str, Any]) -> str:
    """`data` as a file has it. Half of a surrogate pair, which has no form in UTF-8, is written as JSON's \\uXXXX."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(data, indent=1)
    return text + "\n"
