"""The JSON form of edits, read: any data in, an Edit or an EditError out. What each op means is in edits.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Mode, Node, read_link
from virgil_nb.engine.documents.edit import Edit
from virgil_nb.engine.documents.edits import (
    AddNode,
    Batch,
    RemoveNode,
    ReplaceDocument,
    SetControl,
    SetLink,
    SetMode,
    SetValue,
    Unlink,
    UnsetValue,
)
from virgil_nb.engine.documents.frame import Frame
from virgil_nb.engine.documents.look_edits import MoveNodes, Rename, ResizeNode, SetColour, SetFolded, SetFrame, SetPanel, SetTitle
from virgil_nb.engine.documents.panel import read_panel
from virgil_nb.engine.errors import DocumentError, EditError
from virgil_nb.engine.json_values import read_float_pair, shown
from virgil_nb.engine.names import close_names

MAX_BATCH_DEPTH: Final = 20


class _Fields:
    """The fields of one op's JSON, read with a clear error for each that is wrong."""

    def __init__(self, data: Mapping[str, Any], op: str) -> None:
        self.data = data
        self.op = op

    def text(self, name: str, optional: bool = False) -> Any:
        value = self.data.get(name) if optional else self.any(name)
        if type(value) is str or (optional and value is None):
            return value
        raise EditError(f"{self.op}: {name} is {shown(value)}; it must be a text{' or null' if optional else ''}")

    def any(self, name: str) -> Any:
        if name not in self.data:
            raise EditError(f"{self.op}: {name} is missing")
        return self.data[name]

    def pair(self, name: str, value: object) -> tuple[float, float] | None:
        return None if value is None else read_float_pair(value, f"{self.op}: {name}")

    def flag(self, name: str) -> bool:
        value = self.any(name)
        if type(value) is bool:
            return value
        raise EditError(f"{self.op}: {name} is {shown(value)}; it must be true or false")

    def frame(self) -> Frame | None:
        value = self.any("frame")
        return None if value is None else Frame.from_json(value)

    def index(self) -> int | None:
        value = self.data.get("index")
        if value is None or (type(value) is int and 0 <= value < 1 << 31):
            return value
        raise EditError(f"{self.op}: index is {shown(value)}; it must be a whole number from 0 on")

    def positions(self) -> dict[str, tuple[float, float] | None]:
        value = self.any("positions")
        if not isinstance(value, Mapping) or not all(type(key) is str for key in value):
            raise EditError(f"{self.op}: positions is {shown(value)}; it must be an object from node ids to [x, y]")
        return {key: self.pair(f"position of {key}", place) for key, place in value.items()}


def _read_batch(fields: _Fields, depth: int) -> Batch:
    ops = fields.any("ops")
    if not isinstance(ops, (list, tuple)):
        raise EditError(f"batch: ops is {shown(ops)}; it must be a list")
    if depth >= MAX_BATCH_DEPTH:
        raise EditError(f"batches are nested more than {MAX_BATCH_DEPTH} deep")
    return Batch(tuple(edit_from_json(item, depth + 1) for item in ops))


_READERS: dict[str, tuple[frozenset[str], Callable[[_Fields, int], Edit]]] = {
    "add": (frozenset({"node", "index"}), lambda f, _: AddNode(Node.from_json(f.any("node")), f.index())),
    "remove": (frozenset({"id"}), lambda f, _: RemoveNode(f.text("id"))),
    "set": (frozenset({"id", "input", "value"}), lambda f, _: SetValue(f.text("id"), f.text("input"), f.any("value"))),
    "unset": (frozenset({"id", "input"}), lambda f, _: UnsetValue(f.text("id"), f.text("input"))),
    "link": (
        frozenset({"id", "input", "source"}),
        lambda f, _: SetLink(f.text("id"), f.text("input"), read_link(f.any("source"), f"link: {f.text('input')}")),
    ),
    "unlink": (frozenset({"id", "input"}), lambda f, _: Unlink(f.text("id"), f.text("input"))),
    "move": (frozenset({"positions"}), lambda f, _: MoveNodes(f.positions())),
    "resize": (frozenset({"id", "size"}), lambda f, _: ResizeNode(f.text("id"), f.pair("size", f.any("size")))),
    "title": (frozenset({"id", "title"}), lambda f, _: SetTitle(f.text("id"), f.text("title", optional=True))),
    "mode": (frozenset({"id", "mode"}), lambda f, _: SetMode(f.text("id"), cast(Mode, f.text("mode")))),
    "control": (
        frozenset({"id", "input", "control"}),
        lambda f, _: SetControl(f.text("id"), f.text("input"), f.text("control", optional=True)),
    ),
    "colour": (frozenset({"id", "colour"}), lambda f, _: SetColour(f.text("id"), f.text("colour", optional=True))),
    "fold": (frozenset({"id", "folded"}), lambda f, _: SetFolded(f.text("id"), f.flag("folded"))),
    "frame": (frozenset({"id", "frame"}), lambda f, _: SetFrame(f.text("id"), f.frame())),
    "panel": (frozenset({"items"}), lambda f, _: SetPanel(read_panel(f.any("items")))),
    "rename": (frozenset({"name"}), lambda f, _: Rename(f.text("name"))),
    "batch": (frozenset({"ops"}), _read_batch),
    "document": (frozenset({"document"}), lambda f, _: ReplaceDocument(Document.from_json(f.any("document")))),
}


def edit_from_json(data: object, depth: int = 0) -> Edit:
    """The edit that `data` describes. Raises EditError for anything that is not one."""
    if not isinstance(data, Mapping):
        raise EditError(f"an edit is {shown(data)}; it must be an object with 'op'")
    op = data.get("op")
    if type(op) is not str or op not in _READERS:
        near = close_names(op, _READERS) if type(op) is str else []
        raise EditError(f"there is no edit {shown(op)}; " + (f"did you mean {near[0]!r}?" if near else f"edits are {', '.join(_READERS)}"))
    allowed, read = _READERS[op]
    for key in data:
        if key != "op" and key not in allowed:
            raise EditError(f"{op} has {shown(key)}, which it doesn't know; it takes {', '.join(sorted(allowed))}")
    try:
        return read(_Fields(data, op), depth)
    except DocumentError as error:
        raise EditError(f"{op}: {error}") from None
