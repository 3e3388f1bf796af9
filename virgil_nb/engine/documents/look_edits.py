"""Edits of what is seen but never computed: places, sizes, titles, colours, folding, frames, the panel, the workflow's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.edit import Edit, changed, node_of, put, without
from virgil_nb.engine.documents.frame import Frame
from virgil_nb.engine.documents.panel import PanelItem, panel_json
from virgil_nb.engine.errors import DocumentError, EditError


@dataclass(frozen=True, slots=True)
class MoveNodes:
    """Puts nodes elsewhere on the canvas; None: where the editor likes."""

    positions: Mapping[str, tuple[float, float] | None]
    op: ClassVar[str] = "move"

    def apply(self, document: Document) -> Document:
        return put(document, *(changed(node_of(document, key), position=place) for key, place in self.positions.items()))

    def inverse(self, document: Document) -> Edit:
        return MoveNodes({key: node_of(document, key).position for key in self.positions})

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "positions": {key: None if place is None else list(place) for key, place in self.positions.items()}}


@dataclass(frozen=True, slots=True)
class ResizeNode:
    """Gives a node a size; None: its own."""

    id: str
    size: tuple[float, float] | None
    op: ClassVar[str] = "resize"

    def apply(self, document: Document) -> Document:
        return put(document, changed(node_of(document, self.id), size=self.size))

    def inverse(self, document: Document) -> Edit:
        return ResizeNode(self.id, node_of(document, self.id).size)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "size": None if self.size is None else list(self.size)}


@dataclass(frozen=True, slots=True)
class SetTitle:
    """Gives a node a title; None: that of its type."""

    id: str
    title: str | None
    op: ClassVar[str] = "title"

    def apply(self, document: Document) -> Document:
        return put(document, changed(node_of(document, self.id), title=self.title))

    def inverse(self, document: Document) -> Edit:
        return SetTitle(self.id, node_of(document, self.id).title)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "title": self.title}


@dataclass(frozen=True, slots=True)
class SetColour:
    """Tints a node, "#rrggbb"; None: plain again."""

    id: str
    colour: str | None
    op: ClassVar[str] = "colour"

    def apply(self, document: Document) -> Document:
        return put(document, changed(node_of(document, self.id), colour=self.colour))

    def inverse(self, document: Document) -> Edit:
        return SetColour(self.id, node_of(document, self.id).colour)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "colour": self.colour}


@dataclass(frozen=True, slots=True)
class SetFolded:
    """Folds a node to its header, or opens it again."""

    id: str
    folded: bool
    op: ClassVar[str] = "fold"

    def apply(self, document: Document) -> Document:
        return put(document, changed(node_of(document, self.id), folded=self.folded))

    def inverse(self, document: Document) -> Edit:
        return SetFolded(self.id, node_of(document, self.id).folded)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "folded": self.folded}


@dataclass(frozen=True, slots=True)
class SetFrame:
    """Puts a frame there, or another in place of it; None takes it away, and no node with it; nothing to take is no fault."""

    id: str
    frame: Frame | None
    op: ClassVar[str] = "frame"

    def apply(self, document: Document) -> Document:
        rest = without(document.frames, self.id)
        try:
            return document.with_frames(rest if self.frame is None else {**rest, self.id: self.frame})
        except DocumentError as error:
            raise EditError(str(error)) from None

    def inverse(self, document: Document) -> Edit:
        return SetFrame(self.id, document.frames.get(self.id))

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "id": self.id, "frame": None if self.frame is None else self.frame.to_json()}


@dataclass(frozen=True, slots=True)
class SetPanel:
    """Says which inputs are on the panel, all of them, in order; None: the editor chooses. The nodes need not be there."""

    items: tuple[PanelItem, ...] | None
    op: ClassVar[str] = "panel"

    def apply(self, document: Document) -> Document:
        try:
            return document.with_panel(self.items)
        except DocumentError as error:
            raise EditError(str(error)) from None

    def inverse(self, document: Document) -> Edit:
        return SetPanel(document.panel)

    def to_json(self) -> dict[str, object]:
        return {"op": self.op, "items": panel_json(self.items)}


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
