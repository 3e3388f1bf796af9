"""Edits: commands that make the next document from this one. Each has an inverse, and a JSON form that travels to other views.

    {"op": "add", "node": {…}, "index": 2}        {"op": "remove", "id": "3"}
    {"op": "set", "id": "3", "input": "seed", "value": 7}          {"op": "unset", "id": "3", "input": "seed"}
    {"op": "link", "id": "3", "input": "model", "source": ["4", 0]}   {"op": "unlink", "id": "3", "input": "model"}
    {"op": "move", "positions": {"3": [0, 40]}}   {"op": "resize", "id": "3", "size": [200, 90]}   {"op": "title", "id": "3", "title": "x"}
    {"op": "mode", "id": "3", "mode": "muted"}    {"op": "control", "id": "3", "input": "seed", "control": "randomize"}
    {"op": "colour", "id": "3", "colour": "#2a363b"}                {"op": "fold", "id": "3", "folded": true}
    {"op": "frame", "id": "1", "frame": {"title": "Sampling", "box": [0, 0, 400, 300]}}     {"op": "frame", "id": "1", "frame": null}
    {"op": "panel", "items": [{"node": "3", "input": "seed", "label": "Dice"}]}             {"op": "panel", "items": null}
    {"op": "rename", "name": "x"}                 {"op": "batch", "ops": […]}     {"op": "document", "document": {…}}

Here are those that change what runs; those that change only what is seen are in look_edits.py, reading JSON is in edit_json.py.
A bad edit raises EditError and changes nothing, a batch included. Links may make a cycle here: validation reports it.
Law: `edit.inverse(doc).apply(edit.apply(doc)) == doc`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Final, cast

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Link, Mode, Node
from virgil_nb.engine.documents.edit import Edit, changed, node_of, put, without
from virgil_nb.engine.documents.look_edits import SetPanel
from virgil_nb.engine.documents.panel import without_node
from virgil_nb.engine.errors import DocumentError, EditError
from virgil_nb.engine.json_values import freeze, thaw

MANY: Final = 200
"""A batch of more edits is taken back by the document before it."""


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
        # links that pointed nowhere point at the new node now: removing it would cut them, so those nodes are put back whole
        back = (RemoveNode(self.node.id), *_put_back(document, dangling), *_panel_back(document, {self.node.id, *dangling}))
        return back[0] if len(back) == 1 else Batch(back)

    def to_json(self) -> dict[str, object]:
        data: dict[str, object] = {"op": self.op, "node": self.node.to_json()}
        if self.index is not None:
            data["index"] = self.index
        return data


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Takes a node out, and with it the links that came from it and its inputs on the panel."""

    id: str
    op: ClassVar[str] = "remove"

    def apply(self, document: Document) -> Document:
        node_of(document, self.id)
        nodes = dict(document.nodes)
        del nodes[self.id]
        for consumer in {name for name, _ in document.consumers.get(self.id, ())}:
            if consumer != self.id:
                node = nodes[consumer]
                nodes[consumer] = node.with_(links={name: link for name, link in node.links.items() if link.node != self.id})
        after = document.with_nodes(nodes)
        panel = without_node(document.panel, self.id)
        return after if panel is document.panel else after.with_panel(panel)

    def inverse(self, document: Document) -> Edit:
        back = (*_put_back_one(document, node_of(document, self.id), set()), *_panel_back(document, {self.id}))
        return back[0] if len(back) == 1 else Batch(back)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id}


def _add_all(document: Document, edits: Iterable[AddNode]) -> Document:
    """The document after all of these; those that go to its end are put in together."""
    nodes = dict(document.nodes)
    for edit in edits:
        if edit.index is None and edit.node.id not in nodes:
            nodes[edit.node.id] = edit.node
        else:
            document = edit.apply(document.with_nodes(nodes))
            nodes = dict(document.nodes)
    return document.with_nodes(nodes)


def _remove_all(document: Document, ids: list[str]) -> Document:
    """The document without these nodes, the links that came from them and their inputs on the panel."""
    if len(ids) == 1:
        return RemoveNode(ids[0]).apply(document)
    gone: set[str] = set()
    for key in ids:
        if key in gone:
            raise EditError(f"node {key!r} is removed twice")
        node_of(document, key)
        gone.add(key)
    nodes = {key: node for key, node in document.nodes.items() if key not in gone}
    for key in {consumer for id_ in gone for consumer, _ in document.consumers.get(id_, ())} - gone:
        nodes[key] = nodes[key].with_(links={name: link for name, link in nodes[key].links.items() if link.node not in gone})
    panel = document.panel and tuple(item for item in document.panel if item.node not in gone)
    after = document.with_nodes(nodes)
    return after if panel == document.panel else after.with_panel(panel)


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


def _panel_back(document: Document, ids: set[str]) -> Iterable[Edit]:
    """The edit that brings the panel back as in `document`, if removing the nodes `ids` takes something off it."""
    if document.panel is not None and any(item.node in ids for item in document.panel):
        yield SetPanel(document.panel)


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
        node = node_of(document, self.id)
        return put(document, changed(node, values={**node.values, self.input: self.value}))

    def inverse(self, document: Document) -> Edit:
        values = node_of(document, self.id).values
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
        node = node_of(document, self.id)
        return put(document, node.with_(values=without(node.values, self.input))) if self.input in node.values else document

    def inverse(self, document: Document) -> Edit:
        values = node_of(document, self.id).values
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
        node = node_of(document, self.id)
        node_of(document, self.source.node)
        return put(document, changed(node, links={**node.links, self.input: self.source}))

    def inverse(self, document: Document) -> Edit:
        before = node_of(document, self.id).links.get(self.input)
        if before is None:
            return Unlink(self.id, self.input)
        if before.node in document.nodes:
            return SetLink(self.id, self.input, before)
        return Batch((*_put_back(document, {self.id}), *_panel_back(document, {self.id})))

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input, "source": [self.source.node, self.source.slot]}


@dataclass(frozen=True, slots=True)
class Unlink:
    """Cuts the link of an input; nothing to do is no fault."""

    id: str
    input: str
    op: ClassVar[str] = "unlink"

    def apply(self, document: Document) -> Document:
        node = node_of(document, self.id)
        return put(document, node.with_(links=without(node.links, self.input))) if self.input in node.links else document

    def inverse(self, document: Document) -> Edit:
        before = node_of(document, self.id).links.get(self.input)
        return Batch(()) if before is None else SetLink(self.id, self.input, before).inverse(document)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input}


@dataclass(frozen=True, slots=True)
class SetMode:
    """Switches a node on, mutes it or bypasses it."""

    id: str
    mode: Mode
    op: ClassVar[str] = "mode"

    def apply(self, document: Document) -> Document:
        return put(document, changed(node_of(document, self.id), mode=self.mode))

    def inverse(self, document: Document) -> Edit:
        return SetMode(self.id, node_of(document, self.id).mode)

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
        node = node_of(document, self.id)
        rest = without(node.control, self.input)
        return put(document, changed(node, control=rest if self.control is None else {**rest, self.input: self.control}))

    def inverse(self, document: Document) -> Edit:
        return SetControl(self.id, self.input, node_of(document, self.id).control.get(self.input))

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "input": self.input, "control": self.control}


@dataclass(frozen=True, slots=True)
class Batch:
    """Several edits as one: all of them or none. Nodes that are added or removed one after the other cost one copy of the document."""

    ops: tuple[Edit, ...]
    op: ClassVar[str] = "batch"

    def apply(self, document: Document) -> Document:
        for kind, edits in groupby(self.ops, type):
            if kind is AddNode:
                document = _add_all(document, cast(Iterable[AddNode], edits))
            elif kind is RemoveNode:
                document = _remove_all(document, [cast(RemoveNode, edit).id for edit in edits])
            else:
                for edit in edits:
                    document = edit.apply(document)
        return document

    def inverse(self, document: Document) -> Edit:
        if len(self.ops) > MANY:  # what was there is at hand, and shares its nodes with what is
            return ReplaceDocument(document)
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
