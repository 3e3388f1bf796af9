"""`Edit`: what every command on a document can do, and the steps that commands share. The commands: edits.py, look_edits.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Node
from virgil_nb.engine.errors import DocumentError, EditError
from virgil_nb.engine.json_values import shown
from virgil_nb.engine.names import close_names


@runtime_checkable
class Edit(Protocol):
    """A change of a document."""

    @property
    def op(self) -> str: ...

    def apply(self, document: Document) -> Document:
        """The document after the edit. Raises EditError if it doesn't fit."""
        ...

    def inverse(self, document: Document) -> Edit:
        """What takes the edit back; `document` is the one before it."""
        ...

    def to_json(self) -> dict[str, object]: ...


def node_of(document: Document, key: str) -> Node:
    """The node of that id. Raises EditError."""
    node = document.nodes.get(key)
    if node is None:
        near = close_names(key, document.nodes)
        raise EditError(f"there is no node {shown(key)}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return node


def put(document: Document, *changed: Node) -> Document:
    """`document` with these nodes in place of those of the same ids."""
    nodes = dict(document.nodes)
    for node in changed:
        nodes[node.id] = node
    return document.with_nodes(nodes)


def changed(node: Node, **fields: Any) -> Node:
    """`node` with some fields changed. Raises EditError."""
    try:
        return node.with_(**fields)
    except DocumentError as error:
        raise EditError(str(error)) from None


def without(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A copy of `mapping` that lacks `name`."""
    return {key: value for key, value in mapping.items() if key != name}
