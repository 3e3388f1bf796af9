"""`EditableGraph`: what a `Workflow` is apart from running and files: a document that is read and edited by handles.

Every change is an edit command in its `Editor`, so undo, redo and an open workbench follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from virgil_nb.api.handles import Node, Output
from virgil_nb.api.inputs import assignment, first_choices, new_node, spec_named
from virgil_nb.api.lookup import find_node
from virgil_nb.api.objects import ObjectStore
from virgil_nb.engine import (
    AddNode,
    Batch,
    Document,
    Edit,
    Editor,
    ObjectRef,
    Registry,
    RemoveNode,
    default_registry,
    edit_from_json,
)
from virgil_nb.engine.json_values import thaw

NodeKey = str | Node


class EditableGraph:
    """A graph of nodes that can be read and edited by hand and by code; `objects` holds the Python objects that are among its values."""

    def __init__(self, document: Document | None = None, *, objects: Mapping[str, object] | None = None) -> None:
        self.editor = Editor(document if document is not None else Document(nodes={}))
        self.objects = ObjectStore(objects)

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
        record = record.with_(values={**record.values, **first_choices(spec, given)})
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
