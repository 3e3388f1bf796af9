"""A workflow as data: `Document`, `Node`, `Link`, and their JSON form. Immutable; edits.py makes the next one from this one.

    {"format": "virgil_nb", "version": 1, "name": "", "extra": {},
     "nodes": [{"id": "3", "type": "KSampler", "values": {"seed": 7}, "links": {"model": ["4", 0]}}, …]}

A document may be wrong (dangling links, unknown types, cycles): validation says so. It is never malformed: DocumentError says so.
A linked input may keep a value, which comes back when the link is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from virgil_nb.engine.errors import DocumentError
from virgil_nb.engine.json_values import freeze_mapping, read_float_pair, shown, thaw

FORMAT: Final = "virgil_nb"
VERSION: Final = 1

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
    """One node. values: what was typed in; links: what is wired; control: what a field does after a run (CONTROLS)."""

    id: str
    type: str
    values: Mapping[str, object] = field(default_factory=_empty)
    links: Mapping[str, Link] = field(default_factory=_empty)
    title: str | None = None
    position: tuple[float, float] | None = None
    size: tuple[float, float] | None = None
    mode: Mode = "on"
    control: Mapping[str, str] = field(default_factory=_empty)
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
        """This node with some fields changed."""
        fields = {name: getattr(self, name) for name in _NODE_FIELDS}
        fields.update(changes)
        return Node(**fields)

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


_NODE_FIELDS: Final = ("id", "type", "values", "links", "title", "position", "size", "mode", "control", "extra")
_NODE_KEYS: Final = frozenset(_NODE_FIELDS)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A whole workflow. nodes: by id; their order is the document's order, and part of what it is."""

    nodes: Mapping[str, Node] = field(default_factory=_empty)
    name: str = ""
    extra: Mapping[str, object] = field(default_factory=_empty)
    _consumers: dict[str, tuple[tuple[str, str], ...]] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        nodes: object = self.nodes
        if not isinstance(nodes, Mapping):
            raise DocumentError(f"the nodes are {shown(nodes)}; they must be a mapping from id to Node")
        for key, node in nodes.items():
            if not isinstance(node, Node) or node.id != key:
                raise DocumentError(f"under {shown(key)} is {shown(node)}; it must be the Node of that id")
        if type(self.name) is not str:
            raise DocumentError(f"the name of the workflow is {shown(self.name)}; it must be a text")
        object.__setattr__(self, "nodes", MappingProxyType(dict(nodes)))
        object.__setattr__(self, "extra", freeze_mapping(self.extra, "extra"))

    @classmethod
    def of(cls, *nodes: Node, name: str = "") -> Document:
        """The document of these nodes, in this order. Raises DocumentError if an id comes twice."""
        return cls(_by_id(nodes), name)

    def with_nodes(self, nodes: dict[str, Node]) -> Document:
        """This document with other nodes. `nodes` is taken over: the caller keeps no hand on it, and its keys are the nodes' ids."""
        return _made(nodes, self.name, self.extra)

    def renamed(self, name: str) -> Document:
        """This document under another name."""
        return Document(self.nodes, name, self.extra)

    @property
    def consumers(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Who uses a node: its id to (consumer's id, input) pairs, in document order. Ids of missing nodes are keys too."""
        if self._consumers is None:
            found: dict[str, list[tuple[str, str]]] = {}
            for node in self.nodes.values():
                for name, link in node.links.items():
                    found.setdefault(link.node, []).append((node.id, name))
            object.__setattr__(self, "_consumers", {key: tuple(pairs) for key, pairs in found.items()})
        return cast(Mapping[str, tuple[tuple[str, str], ...]], self._consumers)

    def new_id(self) -> str:
        """The smallest whole number above all that are ids, as text: an id for the next node."""
        numbers = [int(key) for key in self.nodes if key.isascii() and key.isdigit() and len(key) < 16]
        return str(max(numbers, default=0) + 1)

    def to_json(self) -> dict[str, object]:
        """The document as fresh JSON values. `nodes` is a list, as JavaScript reorders objects with number-like keys."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "nodes": [node.to_json() for node in self.nodes.values()],
            "extra": thaw(self.extra),
        }

    @classmethod
    def from_json(cls, data: object) -> Document:
        """The document that `data` describes. Raises DocumentError, naming the place, for anything else, and for a newer version."""
        if not isinstance(data, Mapping):
            raise DocumentError(f"a workflow is {shown(data)}; it must be an object with 'format': {FORMAT!r} and 'nodes'")
        if data.get("format") != FORMAT:
            raise DocumentError(f"the format is {shown(data.get('format'))}; it must be {FORMAT!r}")
        version = data.get("version")
        if type(version) is not int or version < 1:
            raise DocumentError(f"the version is {shown(version)}; it must be a whole number from 1 on")
        if version > VERSION:
            raise DocumentError(f"the workflow has version {version}, and this virgil_nb reads up to {VERSION}; install a newer virgil_nb")
        nodes = data.get("nodes", [])
        if not isinstance(nodes, (list, tuple)):
            raise DocumentError(f"the nodes are {shown(nodes)}; they must be a list")
        extra = data.get("extra", {})
        if not isinstance(extra, Mapping):
            raise DocumentError(f"extra is {shown(extra)}; it must be an object")
        return cls(_by_id(Node.from_json(node) for node in nodes), cast(str, data.get("name", "")), extra)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return (
            self.name == other.name
            and self.nodes == other.nodes
            and list(self.nodes) == list(other.nodes)
            and thaw(self.extra) == thaw(other.extra)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (Document.from_json, (self.to_json(),))


def _made(nodes: dict[str, Node], name: str, extra: Mapping[str, object]) -> Document:
    """A document of parts that are known to be right, without checking each again: an edit costs the copy of one dict."""
    document = object.__new__(Document)
    put = object.__setattr__
    put(document, "nodes", MappingProxyType(nodes))
    put(document, "name", name)
    put(document, "extra", extra)
    put(document, "_consumers", None)
    return document


def _by_id(nodes: Iterable[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in nodes:
        if node.id in found:
            raise DocumentError(f"two nodes have the id {node.id!r}; each needs its own")
        found[node.id] = node
    return found


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
