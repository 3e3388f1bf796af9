"""Edits of a document: what a view asks for, and what took effect."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from virgil_nb.widget.messages.document import ControlMode, DocumentJSON, FrameJSON, JsonValue, NodeJSON, NodeMode, PanelItemJSON, Source


class AddOp(TypedDict):
    """Puts a new node into the document, at the end or before place `index`."""

    op: Literal["add"]
    node: NodeJSON
    index: NotRequired[int]


class RemoveOp(TypedDict):
    """Takes a node out, and with it the links that came from it."""

    op: Literal["remove"]
    id: str


class SetOp(TypedDict):
    """Gives an input a value of its own."""

    op: Literal["set"]
    id: str
    input: str
    value: JsonValue


class UnsetOp(TypedDict):
    """Takes an input's own value away: its default holds again."""

    op: Literal["unset"]
    id: str
    input: str


class LinkOp(TypedDict):
    """Feeds an input from another node's output; an earlier link to that input is replaced."""

    op: Literal["link"]
    id: str
    input: str
    source: Source


class UnlinkOp(TypedDict):
    """Cuts the link that feeds an input."""

    op: Literal["unlink"]
    id: str
    input: str


class MoveOp(TypedDict):
    """Moves nodes to places on the canvas, in pixels at 100 %; null: wherever the editor puts a node that has no place."""

    op: Literal["move"]
    positions: dict[str, tuple[float, float] | None]


class ResizeOp(TypedDict):
    """Gives a node a size on the canvas, or with null the one it takes by itself."""

    op: Literal["resize"]
    id: str
    size: tuple[float, float] | None


class TitleOp(TypedDict):
    """Names a node; null: its type's name."""

    op: Literal["title"]
    id: str
    title: str | None


class ModeOp(TypedDict):
    """Switches a node on, muted or bypassed."""

    op: Literal["mode"]
    id: str
    mode: NodeMode


class ControlOp(TypedDict):
    """What happens to an input's value when a run is queued; null: nothing was said."""

    op: Literal["control"]
    id: str
    input: str
    control: ControlMode | None


class ColourOp(TypedDict):
    """Tints a node, "#rrggbb"; null: plain again."""

    op: Literal["colour"]
    id: str
    colour: str | None


class FoldOp(TypedDict):
    """Folds a node to its header, or opens it again."""

    op: Literal["fold"]
    id: str
    folded: bool


class FrameOp(TypedDict):
    """Puts a frame there, or another in place of it; null: takes it away, and no node with it."""

    op: Literal["frame"]
    id: str
    frame: FrameJSON | None


class PanelOp(TypedDict):
    """Says which inputs are on the panel, all of them, in order; null: the editor chooses."""

    op: Literal["panel"]
    items: list[PanelItemJSON] | None


class RenameOp(TypedDict):
    """Names the workflow."""

    op: Literal["rename"]
    name: str


class BatchOp(TypedDict):
    """Several edits as one: all of them or none."""

    op: Literal["batch"]
    ops: list[Op]


class DocumentOp(TypedDict):
    """Puts a whole other document in place of this one. A view gets it as a `snapshot` for view "*", never as an op."""

    op: Literal["document"]
    document: DocumentJSON


Op: TypeAlias = (
    AddOp
    | RemoveOp
    | SetOp
    | UnsetOp
    | LinkOp
    | UnlinkOp
    | MoveOp
    | ResizeOp
    | TitleOp
    | ModeOp
    | ControlOp
    | ColourOp
    | FoldOp
    | FrameOp
    | PanelOp
    | RenameOp
    | BatchOp
    | DocumentOp
)
