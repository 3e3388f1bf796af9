"""`Node` and `Link`: the parts of a document, immutable, checked as they are made, and their JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from virgil_nb.engine.documents.frame import read_colour
from virgil_nb.engine.errors import DocumentError
from virgil_nb.engine.json_values import freeze_mapping, read_float_pair, shown, thaw

Mode = Literal["on", "muted", "bypassed"]
MODES: Final = ("on", "muted", "bypassed")
CONTROLS: Final = ("fixed", "increment", "decrement", "randomize")
_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


def _empty() -> Mapping[str, Any]:
    return _EMPTY


@dataclass(frozen=True, slots=True)
class Link:
    """Where an input's value comes from: a node's id and the number of its output."""

    node: str
    slot: int


@dataclass(frozen=True, slots=True)
class Node:
    """One node. values: what was typed in; links: what is wired; control: what a field does after a run (CONTROLS).

    colour: a tint, "#rrggbb"; folded: only its header is shown.
    """

    id: str
    type: str
    values: Mapping[str, object] = field(default_factory=_empty)
    links: Mapping[str, Link] = field(default_factory=_empty)
    title: str | None = None
    position: tuple[float, float] | None = None
    size: tuple[float, float] | None = None
    mode: Mode = "on"
    control: Mapping[str, str] = field(default_factory=_empty)
    colour: str | None = None
    folded: bool = False
    extra: Mapping[str, object] = field(default_factory=_empty)
    memo: object = field(default=None, init=False, compare=False, repr=False)  # what prepare.py found out about this node

    def __post_init__(self) -> None:
        place = f"node {self.id!r}"
        if type(self.id) is not str or not self.id:
            raise DocumentError(f"a node's id is {shown(self.id)}; it must be a text that is not empty")
        if type(self.type) is not str or not self.type:
            raise DocumentError(f"{place}: its type is {shown(self.type)}; it must be a text that is not empty")
        if self.title is not None and type(self.title) is not str:
            raise DocumentError(f"{place}: its title is {shown(self.title)}; it must be a text or null")
        if self.mode not in MODES:
            raise DocumentError(f"{place}: its mode is {shown(self.mode)}; it must be one of {', '.join(MODES)}")
        if type(self.folded) is not bool:
            raise DocumentError(f"{place}: folded is {shown(self.folded)}; it must be true or false")
        if self.colour is not None:
            read_colour(self.colour, place)
        put = object.__setattr__
        if self.values is not _EMPTY:
            put(self, "values", freeze_mapping(self.values, f"{place}, values"))
        if self.extra is not _EMPTY:
            put(self, "extra", freeze_mapping(self.extra, f"{place}, extra"))
        if self.links is not _EMPTY:
            put(self, "links", _read_links(self.links, place))
        if self.control is not _EMPTY:
            put(self, "control", _read_control(self.control, place))
        if self.position is not None:
            put(self, "position", read_float_pair(self.position, f"{place}, position"))
        if self.size is not None:
            put(self, "size", read_float_pair(self.size, f"{place}, size"))

    def with_(self, **changes: Any) -> Node:
        """This node with some fields changed; the others, which were read before, are taken as they are."""
        made = Node(**{"id": self.id, "type": self.type, **changes})
        put = object.__setattr__
        for name in _NODE_FIELDS:
            if name not in changes:
                put(made, name, getattr(self, name))
        return made

    def to_json(self) -> dict[str, object]:
        """The node as fresh JSON values; what is empty is left out, but for values and links."""
        data: dict[str, object] = {
            "id": self.id,
            "type": self.type,
            "values": thaw(self.values),
            "links": {name: [link.node, link.slot] for name, link in self.links.items()},
        }
        if self.title is not None:
            data["title"] = self.title
        if self.position is not None:
            data["position"] = list(self.position)
        if self.size is not None:
            data["size"] = list(self.size)
        if self.mode != "on":
            data["mode"] = self.mode
        if self.control:
            data["control"] = dict(self.control)
        if self.colour is not None:
            data["colour"] = self.colour
        if self.folded:
            data["folded"] = True
        if self.extra:
            data["extra"] = thaw(self.extra)
        return data

    @classmethod
    def from_json(cls, data: object) -> Node:
        """The node that `data` describes. Raises DocumentError, naming the place of the first fault."""
        if not isinstance(data, Mapping):
            raise DocumentError(f"a node is {shown(data)}; it must be an object with id and type")
        unknown = [key for key in data if key not in _NODE_KEYS]
        if unknown:
            raise DocumentError(f"node {shown(data.get('id'))} has {shown(unknown[0])}, which no node has; put own data under 'extra'")
        given = {name: data[name] for name in _NODE_FIELDS if name in data}
        for name in ("id", "type"):
            if name not in given:
                raise DocumentError(f"node {shown(data.get('id'))} has no {name}")
        for name in ("values", "links", "control", "extra"):
            if name in given and not isinstance(given[name], Mapping):
                raise DocumentError(f"node {shown(data.get('id'))}: its {name} are {shown(given[name])}; they must be an object")
        return cls(**given)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Node.from_json, (self.to_json(),))


_NODE_FIELDS: Final = ("id", "type", "values", "links", "title", "position", "size", "mode", "control", "colour", "folded", "extra")
_NODE_KEYS: Final = frozenset(_NODE_FIELDS)


def read_link(data: object, place: str) -> Link:
    """The link that `data`, a Link or [id, slot], stands for. Raises DocumentError."""
    if isinstance(data, Link):
        data = (data.node, data.slot)
    if isinstance(data, (list, tuple)) and len(data) == 2 and type(data[0]) is str and type(data[1]) is int and abs(data[1]) < 1 << 31:
        return Link(data[0], data[1])
    raise DocumentError(f"{place} is linked to {shown(data)}; a link is [node id, number of the output]")


def _read_links(links: object, place: str) -> Mapping[str, Link]:
    if not isinstance(links, Mapping):
        raise DocumentError(f"{place}: its links are {shown(links)}; they must be an object")
    found = {}
    for name, data in links.items():
        if type(name) is not str:
            raise DocumentError(f"{place}: an input is called {shown(name)}; it must be a text")
        found[name] = read_link(data, f"{place}: {name}")
    return MappingProxyType(found)


def _read_control(control: object, place: str) -> Mapping[str, str]:
    if not isinstance(control, Mapping):
        raise DocumentError(f"{place}: its control is {shown(control)}; it must be an object")
    for name, value in control.items():
        if type(name) is not str or value not in CONTROLS:
            raise DocumentError(f"{place}: control of {shown(name)} is {shown(value)}; it must be one of {', '.join(CONTROLS)}")
    return MappingProxyType(dict(control))
