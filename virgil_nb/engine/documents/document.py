"""A workflow as data: `Document` and its JSON form (its nodes: document_node.py). Immutable; edits.py makes the next one from this one.

    {"format": "virgil_nb", "version": 1, "name": "", "extra": {},
     "nodes": [{"id": "3", "type": "KSampler", "values": {"seed": 7}, "links": {"model": ["4", 0]}}, …],
     "frames": {"1": {"title": "Sampling", "box": [0, 0, 400, 300]}}, "panel": [{"node": "3", "input": "seed"}]}

A document may be wrong (dangling links, unknown types, cycles): validation says so. It is never malformed: DocumentError says so.
A linked input may keep a value, which comes back when the link is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, cast

from virgil_nb.engine.documents.document_node import Node
from virgil_nb.engine.documents.frame import Frame
from virgil_nb.engine.documents.panel import PanelItem, panel_json, read_panel
from virgil_nb.engine.errors import DocumentError
from virgil_nb.engine.json_values import freeze_mapping, shown, thaw

FORMAT: Final = "virgil_nb"
VERSION: Final = 1

_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


def _empty() -> Mapping[str, Any]:
    return _EMPTY


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A whole workflow. nodes: by id; their order is the document's order, and part of what it is.

    frames: by an id of their own, in no order. panel: the inputs on the panel, in order; None: nobody chose.
    """

    nodes: Mapping[str, Node] = field(default_factory=_empty)
    name: str = ""
    extra: Mapping[str, object] = field(default_factory=_empty)
    frames: Mapping[str, Frame] = field(default_factory=_empty)
    panel: tuple[PanelItem, ...] | None = None
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
        object.__setattr__(self, "frames", _read_frames(self.frames))
        object.__setattr__(self, "panel", read_panel(self.panel))

    @classmethod
    def of(cls, *nodes: Node, name: str = "") -> Document:
        """The document of these nodes, in this order. Raises DocumentError if an id comes twice."""
        return cls(_by_id(nodes), name)

    def with_nodes(self, nodes: dict[str, Node]) -> Document:
        """This document with other nodes. `nodes` is taken over: the caller keeps no hand on it, and its keys are the nodes' ids."""
        return _made(nodes, self.name, self.extra, self.frames, self.panel)

    def renamed(self, name: str) -> Document:
        """This document under another name."""
        return Document(self.nodes, name, self.extra, self.frames, self.panel)

    def with_frames(self, frames: Mapping[str, Frame]) -> Document:
        """This document with other frames."""
        return _made(self.nodes, self.name, self.extra, _read_frames(frames), self.panel)

    def with_panel(self, panel: tuple[PanelItem, ...] | None) -> Document:
        """This document with another panel."""
        return _made(self.nodes, self.name, self.extra, self.frames, read_panel(panel))

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
        data: dict[str, object] = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "nodes": [node.to_json() for node in self.nodes.values()],
        }
        if self.frames:
            data["frames"] = {key: frame.to_json() for key, frame in self.frames.items()}
        if self.panel is not None:
            data["panel"] = panel_json(self.panel)
        return {**data, "extra": thaw(self.extra)}

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
        frames, panel = _read_frames(data.get("frames", {})), read_panel(data.get("panel"))
        return cls(_by_id(Node.from_json(node) for node in nodes), cast(str, data.get("name", "")), extra, frames, panel)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return (
            self.name == other.name
            and self.nodes == other.nodes
            and list(self.nodes) == list(other.nodes)
            and thaw(self.extra) == thaw(other.extra)
            and self.frames == other.frames
            and self.panel == other.panel
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (Document.from_json, (self.to_json(),))


def _made(
    nodes: Mapping[str, Node],
    name: str,
    extra: Mapping[str, object],
    frames: Mapping[str, Frame],
    panel: tuple[PanelItem, ...] | None,
) -> Document:
    """A document of parts that are known to be right, without checking each again: an edit costs the copy of one dict."""
    document = object.__new__(Document)
    put = object.__setattr__
    put(document, "nodes", nodes if isinstance(nodes, MappingProxyType) else MappingProxyType(nodes))
    put(document, "name", name)
    put(document, "extra", extra)
    put(document, "frames", frames)
    put(document, "panel", panel)
    put(document, "_consumers", None)
    return document


def _by_id(nodes: Iterable[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in nodes:
        if node.id in found:
            raise DocumentError(f"two nodes have the id {node.id!r}; each needs its own")
        found[node.id] = node
    return found


def _read_frames(frames: object) -> Mapping[str, Frame]:
    if not isinstance(frames, Mapping):
        raise DocumentError(f"the frames are {shown(frames)}; they must be an object from ids to frames")
    for key in frames:
        if type(key) is not str or not key:
            raise DocumentError(f"a frame's id is {shown(key)}; it must be a text that is not empty")
    return MappingProxyType({key: Frame.from_json(frame) for key, frame in frames.items()})
