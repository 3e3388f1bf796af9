"""`Workflow`: a mutable handle over immutable snapshots of a graph.

    wf = Workflow.template("text-to-image")
    wf["KSampler"].seed = 7
    wf.run().images[0]

Every change is an edit command in the workflow's `Editor`, so undo, redo and an open workbench follow. A run takes a snapshot at the
call; later edits don't touch it. What a node *is* (specs) comes from the registry, what is wrong with the graph from validation.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from virgil_nb import comfy
from virgil_nb import nodes as built_in
from virgil_nb.api import control, templates
from virgil_nb.api.handles import Node, Output
from virgil_nb.api.inputs import assignment, first_choices, new_node, spec_named
from virgil_nb.api.lookup import find_node
from virgil_nb.api.objects import ObjectStore
from virgil_nb.api.python_source import python_source
from virgil_nb.engine import (
    AddNode,
    Batch,
    Document,
    Edit,
    Editor,
    ObjectRef,
    Problem,
    Registry,
    RemoveNode,
    default_registry,
    edit_from_json,
    open_document,
    write_document,
)
from virgil_nb.engine.json_values import thaw
from virgil_nb.engine.run import refuse_inside_node

if TYPE_CHECKING:
    from virgil_nb.api.result import Result
    from virgil_nb.api.run import Run
    from virgil_nb.api.session import Session

NodeKey = str | Node


class Workflow:
    """A graph of nodes that can be edited, run, saved and shown. `Workflow()` is empty; picklable.

    `templates()` lists the starting points for `template(name)`; `open(source)` reads files.
    """

    def __init__(self, document: Document | None = None, *, objects: Mapping[str, object] | None = None) -> None:
        built_in.load()
        comfy.register()
        self.editor = Editor(document if document is not None else Document(nodes={}))
        self.objects = ObjectStore(objects)

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

    # -- reading ------------------------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        """The graph as it is now, an immutable snapshot."""
        return self.editor.document

    @property
    def registry(self) -> Registry:
        """The node types that there are."""
        return default_registry()

    @property
    def name(self) -> str:
        """The workflow's name, shown in the editor."""
        return self.document.name

    @property
    def nodes(self) -> list[Node]:
        """Handles on all nodes, in document order."""
        return [Node(self, node_id) for node_id in self.document.nodes]

    def __getitem__(self, key: str) -> Node:
        return Node(self, find_node(self.document, key, self.registry))

    def __contains__(self, key: object) -> bool:
        if isinstance(key, Node):
            return key._workflow is self and key._id in self.document.nodes
        try:
            return isinstance(key, str) and bool(find_node(self.document, key, self.registry))
        except KeyError:
            return False

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.document.nodes)

    def __repr__(self) -> str:
        kinds = ", ".join(node.title or node.type for node in self.document.nodes.values())
        return f"<Workflow {self.name!r}: {len(self)} node{'' if len(self) == 1 else 's'}{': ' + kinds if kinds else ''}>"

    # -- editing ------------------------------------------------------------------------------------------------------------

    def add(
        self,
        type: str | Callable[..., Any],  # noqa: A002 - the contract's name
        /,
        inputs: Mapping[str, object] | None = None,
        *,
        title: str | None = None,
        **more: object,
    ) -> Node:
        """A new node of this type with these inputs: values, outputs of other nodes, or Python objects.

        `type` is a type's name, or a function made a node with `@vnb.node`. An input whose name clashes with a parameter here goes
        into the `inputs` mapping. Raises EditError for an unknown type or input, with close names.
        """
        spec = spec_named(type, self.registry)
        given: dict[str, object] = {**(inputs or {}), **more}
        if title is not None and not isinstance(title, str):
            given["title"], title = title, None
        record = new_node(self, spec, given, title)
        record = record.with_(values={**record.values, **first_choices(spec, given, self)})
        self.editor.apply(AddNode(record))
        return Node(self, record.id)

    def remove(self, node: NodeKey) -> None:
        """Takes a node out, with the links to and from it."""
        self.editor.apply(RemoveNode(self.id_of(node)))

    def edit(self, *ops: Mapping[Any, object]) -> None:
        """Makes edits in their JSON form, as the editor in the browser sends them, all or none, as one step that can be undone.

            wf.edit({"op": "mode", "id": ks, "mode": "bypassed"}, {"op": "colour", "id": ks, "colour": "#2a363b"})

        A handle may stand for a node's id, anywhere. Raises EditError, saying what doesn't fit.
        """
        self._apply([edit_from_json(self._with_ids(op)) for op in ops])

    def undo(self) -> bool:
        """Takes the last edit back, the editor's included. False if there is none."""
        return self.editor.undo() is not None

    def redo(self) -> bool:
        """Makes the last undone edit again. False if there is none."""
        return self.editor.redo() is not None

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
        text = self.to_python() if target.suffix == ".py" else json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"
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

    # -- for the handles ----------------------------------------------------------------------------------------------------

    def _assign(self, node_id: str, name: str, value: object) -> None:
        self._apply(assignment(self, self.document.nodes[node_id], name, value))

    def _apply(self, edits: Sequence[Edit]) -> None:
        """Makes all of these edits or none, as one step."""
        if edits:
            self.editor.apply(edits[0] if len(edits) == 1 else Batch(tuple(edits)))

    def _with_ids(self, data: Any) -> Any:
        """`data` with the ids of nodes in place of their handles."""
        if isinstance(data, Node):
            return self.id_of(data)
        if isinstance(data, Mapping):
            return {self._with_ids(key): self._with_ids(value) for key, value in data.items()}
        return [self._with_ids(item) for item in data] if isinstance(data, (list, tuple)) else data

    def _output(self, node_id: str, slot: int) -> Output:
        record = self.document.nodes.get(node_id)
        spec = self.registry.get(record.type) if record else None
        if spec is not None and 0 <= slot < len(spec.outputs):
            return Output(self, node_id, slot, spec.outputs[slot].name, spec.outputs[slot].type)
        return Output(self, node_id, slot, str(slot), "*")

    def _plain_value(self, value: object) -> object:
        return self.objects.copy_of(value) if isinstance(value, ObjectRef) else thaw(value)

    def id_of(self, node: NodeKey) -> str:
        """The id of a node given by handle, id, title or type. Raises KeyError, or ValueError for another workflow's node."""
        if isinstance(node, Node):
            if node._workflow is not self:
                raise ValueError(f"{node!r} belongs to another workflow.")
            return node.info.id
        return find_node(self.document, node, self.registry)

    def _session(self, session: Session | None) -> Session:
        from virgil_nb.api.session import default_session

        return session if session is not None else default_session()
