"""Edits: commands that make the next document from this one. Each has an inverse, and a JSON form that travels to other views.

    {"op": "add", "node": {…}, "index": 2}        {"op": "remove", "id": "3"}
    {"op": "set", "id": "3", "input": "seed", "value": 7}          {"op": "unset", "id": "3", "input": "seed"}
    {"op": "link", "id": "3", "input": "model", "source": ["4", 0]}   {"op": "unlink", "id": "3", "input": "model"}
    {"op": "move", "positions": {"3": [0, 40]}}   {"op": "resize", "id": "3", "size": [200, 90]}   {"op": "title", "id": "3", "title": "x"}
    {"op": "mode", "id": "3", "mode": "muted"}    {"op": "control", "id": "3", "input": "seed", "control": "randomize"}
    {"op": "rename", "name": "x"}                 {"op": "batch", "ops": […]}     {"op": "document", "document": {…}}

A bad edit raises EditError and changes nothing, a batch included. Links may make a cycle here: validation reports it.
Law: `edit.inverse(doc).apply(edit.apply(doc)) == doc`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from virgil_nb.engine.document import Document, Link, Mode, Node
from virgil_nb.engine.errors import DocumentError, EditError
from virgil_nb.engine.json_values import freeze, shown, thaw
from virgil_nb.engine.registry import close_names


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


def _node(document: Document, key: str) -> Node:
    node = document.nodes.get(key)
    if node is None:
        near = close_names(key, document.nodes)
        raise EditError(f"there is no node {shown(key)}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return node


def _put(document: Document, *changed: Node) -> Document:
    nodes = dict(document.nodes)
    for node in changed:
        nodes[node.id] = node
    return document.with_nodes(nodes)


def _changed(node: Node, **fields: Any) -> Node:
    try:
        return node.with_(**fields)
    except DocumentError as error:
        raise EditError(str(error)) from None


def _without(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


@dataclass(frozen=True, slots=True)
class AddNode:
    """Puts a node in, at `index` of the document's order, or at its end."""

    node: Node
    index: int | None = None
    op: ClassVar[str] = "add"

    def apply(self, document: Document) -> Document:
        if self.node.id in document.nodes:
            raise EditError(f"there is a node {self.node.id!r} already; a new node needs another id, such as {document.new_id()!r}")
        if self.index is None or self.index == len(document.nodes):
            return document.with_nodes({**document.nodes, self.node.id: self.node})
        if not 0 <= self.index <= len(document.nodes):
            raise EditError(f"a node can't be put at place {self.index}; there are {len(document.nodes)} nodes")
        pairs = list(document.nodes.items())
        pairs.insert(self.index, (self.node.id, self.node))
        return document.with_nodes(dict(pairs))

    def inverse(self, document: Document) -> Edit:
        dangling = {name for name, _ in document.consumers.get(self.node.id, ()) if name != self.node.id}
        if not dangling:
            return RemoveNode(self.node.id)
        # links that pointed nowhere point at the new node now: removing it would cut them, so those nodes are put back whole
        return Batch((RemoveNode(self.node.id), *_put_back(document, dangling)))

    def to_json(self) -> dict[str, object]:
        data: dict[str, object] = {"op": self.op, "node": self.node.to_json()}
        if self.index is not None:
            data["index"] = self.index
        return data


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Takes a node out, and the links that came from it."""

    id: str
    op: ClassVar[str] = "remove"

    def apply(self, document: Document) -> Document:
        _node(document, self.id)
        nodes = dict(document.nodes)
        del nodes[self.id]
        for consumer in {name for name, _ in document.consumers.get(self.id, ())}:
            if consumer != self.id:
                node = nodes[consumer]
                nodes[consumer] = node.with_(links={name: link for name, link in node.links.items() if link.node != self.id})
        return document.with_nodes(nodes)

    def inverse(self, document: Document) -> Edit:
        back = tuple(_put_back_one(document, _node(document, self.id), set()))
        return back[0] if len(back) == 1 else Batch(back)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id}


def _put_back_one(document: Document, node: Node, absent: set[str]) -> Iterable[Edit]:
    """Edits that bring `node` and the links from it back as in `document`. Nodes `absent` now come back later, with their own links."""
    place = [key for key in document.nodes if key not in absent].index(node.id)
    yield AddNode(node, None if not absent and place == len(document.nodes) - 1 else place)
    for consumer, name in document.consumers.get(node.id, ()):
        if consumer != node.id and consumer not in absent:
            yield SetLink(consumer, name, document.nodes[consumer].links[name])


def _put_back(document: Document, ids: set[str]) -> Iterable[Edit]:
    """Edits that bring the nodes `ids`, which are there but changed, back to what they are in `document`."""
    order = [key for key in document.nodes if key in ids]
    for key in order:
        yield RemoveNode(key)
    absent = set(order)
    for key in order:
        absent.discard(key)
        yield from _put_back_one(document, document.nodes[key], absent)


@dataclass(frozen=True, slots=True)
class SetValue:
    """Types a value into an input (a link of that input stays)."""

    id: str
    input: str
    value: object
    op: ClassVar[str] = "set"

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "value", freeze(self.value, f"{self.id}.{self.input}"))
        except DocumentError as error:
            raise EditError(str(error)) from None

    def apply(self, document: Document) -> Document:
        node = _node(document, self.id)
        return _put(document, _changed(node, values={**node.values, self.input: self.value}))

    def inverse(self, document: Document) -> Edit:
        values = _node(document, self.id).values
        return SetValue(self.id, self.input, values[self.input]) if self.input in values else UnsetValue(self.id, self.input)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input, "value": thaw(self.value)}


@dataclass(frozen=True, slots=True)
class UnsetValue:
    """Takes the value of an input away; nothing to do is no fault."""

    id: str
    input: str
    op: ClassVar[str] = "unset"

    def apply(self, document: Document) -> Document:
        node = _node(document, self.id)
        return _put(document, node.with_(values=_without(node.values, self.input))) if self.input in node.values else document

    def inverse(self, document: Document) -> Edit:
        values = _node(document, self.id).values
        return SetValue(self.id, self.input, values[self.input]) if self.input in values else Batch(())

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input}


@dataclass(frozen=True, slots=True)
class SetLink:
    """Wires an output into an input, in place of what was wired there."""

    id: str
    input: str
    source: Link
    op: ClassVar[str] = "link"

    def apply(self, document: Document) -> Document:
        node = _node(document, self.id)
        _node(document, self.source.node)
        return _put(document, _changed(node, links={**node.links, self.input: self.source}))

    def inverse(self, document: Document) -> Edit:
        before = _node(document, self.id).links.get(self.input)
        if before is None:
            return Unlink(self.id, self.input)
        if before.node in document.nodes:
            return SetLink(self.id, self.input, before)
        return Batch(tuple(_put_back(document, {self.id})))

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input, "source": [self.source.node, self.source.slot]}


@dataclass(frozen=True, slots=True)
class Unlink:
    """Cuts the link of an input; nothing to do is no fault."""

    id: str
    input: str
    op: ClassVar[str] = "unlink"

    def apply(self, document: Document) -> Document:
        node = _node(document, self.id)
        return _put(document, node.with_(links=_without(node.links, self.input))) if self.input in node.links else document

    def inverse(self, document: Document) -> Edit:
        before = _node(document, self.id).links.get(self.input)
        return Batch(()) if before is None else SetLink(self.id, self.input, before).inverse(document)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input}


@dataclass(frozen=True, slots=True)
class MoveNodes:
    """Puts nodes elsewhere on the canvas; None: where the editor likes."""

    positions: Mapping[str, tuple[float, float] | None]
    op: ClassVar[str] = "move"

    def apply(self, document: Document) -> Document:
        return _put(document, *(_changed(_node(document, key), position=place) for key, place in self.positions.items()))

    def inverse(self, document: Document) -> Edit:
        return MoveNodes({key: _node(document, key).position for key in self.positions})

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "positions": {key: None if place is None else list(place) for key, place in self.positions.items()}}


@dataclass(frozen=True, slots=True)
class ResizeNode:
    """Gives a node a size; None: its own."""

    id: str
    size: tuple[float, float] | None
    op: ClassVar[str] = "resize"

    def apply(self, document: Document) -> Document:
        return _put(document, _changed(_node(document, self.id), size=self.size))

    def inverse(self, document: Document) -> Edit:
        return ResizeNode(self.id, _node(document, self.id).size)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "size": None if self.size is None else list(self.size)}


@dataclass(frozen=True, slots=True)
class SetTitle:
    """Gives a node a title; None: that of its type."""

    id: str
    title: str | None
    op: ClassVar[str] = "title"

    def apply(self, document: Document) -> Document:
        return _put(document, _changed(_node(document, self.id), title=self.title))

    def inverse(self, document: Document) -> Edit:
        return SetTitle(self.id, _node(document, self.id).title)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "title": self.title}


@dataclass(frozen=True, slots=True)
class SetMode:
    """Switches a node on, mutes it or bypasses it."""

    id: str
    mode: Mode
    op: ClassVar[str] = "mode"

    def apply(self, document: Document) -> Document:
        return _put(document, _changed(_node(document, self.id), mode=self.mode))

    def inverse(self, document: Document) -> Edit:
        return SetMode(self.id, _node(document, self.id).mode)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "mode": self.mode}


@dataclass(frozen=True, slots=True)
class SetControl:
    """Says what a field does after a run; None takes the saying back."""

    id: str
    input: str
    control: str | None
    op: ClassVar[str] = "control"

    def apply(self, document: Document) -> Document:
        node = _node(document, self.id)
        rest = _without(node.control, self.input)
        return _put(document, _changed(node, control=rest if self.control is None else {**rest, self.input: self.control}))

    def inverse(self, document: Document) -> Edit:
        return SetControl(self.id, self.input, _node(document, self.id).control.get(self.input))

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input, "control": self.control}


@dataclass(frozen=True, slots=True)
class Rename:
    """Gives the workflow another name."""

    name: str
    op: ClassVar[str] = "rename"

    def apply(self, document: Document) -> Document:
        try:
            return document.renamed(self.name)
        except DocumentError as error:
            raise EditError(str(error)) from None

    def inverse(self, document: Document) -> Edit:
        return Rename(document.name)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "name": self.name}


@dataclass(frozen=True, slots=True)
class Batch:
    """Several edits as one: all of them or none."""

    ops: tuple[Edit, ...]
    op: ClassVar[str] = "batch"

    def apply(self, document: Document) -> Document:
        for edit in self.ops:
            document = edit.apply(document)
        return document

    def inverse(self, document: Document) -> Edit:
        back: list[Edit] = []
        for edit in self.ops:
            back.append(edit.inverse(document))
            document = edit.apply(document)
        return Batch(tuple(reversed(back)))

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "ops": [edit.to_json() for edit in self.ops]}


@dataclass(frozen=True, slots=True)
class ReplaceDocument:
    """Puts a whole other document in place of this one."""

    document: Document
    op: ClassVar[str] = "document"

    def apply(self, document: Document) -> Document:  # noqa: ARG002 - as every edit
        return self.document

    def inverse(self, document: Document) -> Edit:
        return ReplaceDocument(document)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "document": self.document.to_json()}
