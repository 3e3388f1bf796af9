"""A node of the still picture as it is laid out, and its measures, the live editor's, in pixels at 100 %."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH, HEADER, SOCKET_ROW, FIELD, GAP, INSET, LINE, CAPTION = 236.0, 34.0, 24.0, 28.0, 4.0, 8.0, 16.0, 20.0
REROUTE, REROUTE_BOX = "Reroute", 20.0  # drawn as a dot in the middle of its box
FAR = 1e6  # a place further out than this is taken for none


@dataclass
class Socket:
    """One end of a link. `y` is from the node's top; `x` is 0 or the node's width."""

    name: str
    type: str
    y: float
    left: bool
    labelled: bool


@dataclass
class Field:
    """One value on a node: a row with label and value, or lines of text."""

    label: str
    lines: list[str]
    box: tuple[float, float, float, float]
    text: bool = False


@dataclass
class Frame:
    """Place of the `index`-th picture of the node."""

    index: int
    box: tuple[float, float, float, float]


@dataclass
class Box:
    """One node, laid out. Everything inside is relative to its corner. dot: a reroute, which has its place and no size."""

    id: str
    title: str
    x: float
    y: float
    width: float
    height: float = 0.0
    status: str = ""
    mode: str = "on"
    failed: bool = False
    dot: bool = False
    colour: str | None = None
    sockets: list[Socket] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    caption: str = ""
    more: str = ""

    def socket(self, name: str | int, *, left: bool) -> Socket | None:
        """The input of that name, or the output of that number."""
        side = [socket for socket in self.sockets if socket.left is left]
        if isinstance(name, int):
            return side[name] if 0 <= name < len(side) else None
        return next((socket for socket in side if socket.name == name), None)
