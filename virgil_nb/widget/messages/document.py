"""A workflow's document, as it is sent and as our own files have it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
NodeMode: TypeAlias = Literal["on", "muted", "bypassed"]
ControlMode: TypeAlias = Literal["fixed", "increment", "decrement", "randomize"]
Source: TypeAlias = tuple[str, int]


class NodeJSON(TypedDict):
    """One node of a document. `links` has [node id, output slot] per linked input; a linked input may keep a value too."""

    id: str
    type: str
    values: dict[str, JsonValue]
    links: dict[str, Source]
    title: NotRequired[str | None]
    position: NotRequired[tuple[float, float] | None]
    size: NotRequired[tuple[float, float] | None]
    mode: NotRequired[NodeMode]
    control: NotRequired[dict[str, ControlMode]]
    colour: NotRequired[str | None]
    folded: NotRequired[bool]
    extra: NotRequired[dict[str, JsonValue]]


class FrameJSON(TypedDict):
    """A titled box behind nodes; what lies wholly inside moves with it. `box`: x, y, width, height, in pixels at 100 %."""

    title: str
    box: tuple[float, float, float, float]
    colour: NotRequired[str | None]


class PanelItemJSON(TypedDict):
    """An input that is shown on the panel, under a name of its own or the input's."""

    node: str
    input: str
    label: NotRequired[str | None]


class DocumentJSON(TypedDict):
    """A whole workflow. `nodes` is a list because objects in JavaScript put integer-like keys first.

    `panel`: the inputs on the panel, in order; null or left out: nobody chose, so the editor does.
    """

    format: Literal["virgil_nb"]
    version: int
    name: str
    nodes: list[NodeJSON]
    frames: NotRequired[dict[str, FrameJSON]]
    panel: NotRequired[list[PanelItemJSON] | None]
    extra: NotRequired[dict[str, JsonValue]]
