"""The reroutes of ComfyUI's newer editor, which are no nodes but points on links, as our reroute nodes, and back.

    extra.reroutes        [{"id": 7, "parentId": 6, "pos": [120, 40], "linkIds": [3]}]     6 is nearer to the link's origin
    extra.linkExtensions  [{"id": 3, "parentId": 7}]                                       the one nearest to the link's target

Node "r7" is such a reroute. It goes back to where it came from if it still is what it was: a plain point between two nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from virgil_nb.comfy.saved_graph import mappings
from virgil_nb.engine import Document, Link, Node

REROUTE: Final = "Reroute"
HALF: Final = 10.0  # half of a reroute node's side: a point is its middle, a node's place is its corner
_NATIVE: Final = re.compile(r"r(0|[1-9]\d{0,14})")


@dataclass
class Points:
    """The points of a file. parents: per point, the one before it; ends: per link number, the point nearest to its target."""

    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    parents: dict[int, int | None] = field(default_factory=dict)
    ends: dict[Any, int] = field(default_factory=dict)

    def way(self, link: object) -> list[int]:
        """The points that a link passes, from its origin on; none if they make no sense."""
        found: list[int] = []
        at = self.ends.get(link)
        while at is not None:
            if at not in self.places or at in found:
                return []
            found.append(at)
            at = self.parents[at]
        return found[::-1]


def read_points(graph: Mapping[str, Any]) -> Points:
    """The points of a file, with links as lists (extra) or as objects."""
    extra = graph.get("extra")
    extra = extra if isinstance(extra, Mapping) else {}
    found = Points()
    for one in [*mappings(extra.get("reroutes")), *mappings(graph.get("reroutes"))]:
        key, place, parent = one.get("id"), one.get("pos"), one.get("parentId")
        if type(key) is int and isinstance(place, list) and len(place) == 2 and all(type(x) in (int, float) for x in place):
            found.places[key] = (float(place[0]), float(place[1]))
            found.parents[key] = parent if type(parent) is int else None
    for one in [*mappings(extra.get("linkExtensions")), *mappings(graph.get("links"))]:
        if isinstance(one.get("id"), (int, str)) and type(one.get("parentId")) is int:
            found.ends[one["id"]] = one["parentId"]
    return found


def as_node(key: int, place: tuple[float, float]) -> dict[str, Any]:
    """The point as a node of a file."""
    return {"id": f"r{key}", "type": REROUTE, "pos": [round(place[0] - HALF, 3), round(place[1] - HALF, 3)]}


def without_used(kept: list[Any], used: set[int]) -> list[Any]:
    """The points of a file that have not become nodes: no link passes them."""
    return [one for one in kept if not (isinstance(one, Mapping) and one.get("id") in used)]


def straightened(document: Document) -> tuple[Document, dict[str, Node], dict[tuple[str, str], str]]:
    """(the document with links led past the reroutes that go back to being points, those reroutes, the last one per linked input)."""
    points = {key: node for key, node in document.nodes.items() if _is_point(node, document)}
    while bad := [key for key in points if _origin(document, points, key) is None or not _leads_on(document, points, key)]:
        for key in bad:
            del points[key]
    if not points:
        return document, {}, {}
    ends: dict[tuple[str, str], str] = {}
    nodes: dict[str, Node] = {}
    for node in document.nodes.values():
        if node.id in points:
            continue
        links = dict(node.links)
        for name, link in node.links.items():
            if link.node in points:
                ends[(node.id, name)] = link.node
                links[name] = _origin(document, points, link.node) or link
        nodes[node.id] = node if links == node.links else node.with_(links=links)
    return document.with_nodes(nodes), points, ends


def write_points(
    points: Mapping[str, Node], ends: Mapping[tuple[str, str], str], numbers: Mapping[tuple[str, str], int]
) -> dict[str, list[dict[str, Any]]]:
    """What goes into a file's `extra`. numbers: of the links, by linked input."""
    passing: dict[str, list[int]] = {key: [] for key in points}
    for target, end in ends.items():
        at: str | None = end
        while at is not None:
            passing[at].append(numbers[target])
            before = points[at].links[""].node
            at = before if before in points else None
    reroutes = []
    for key, node in points.items():
        x, y = node.position or (0.0, 0.0)
        before = node.links[""].node
        parent = {"parentId": int(before[1:])} if before in points else {}
        reroutes.append({"id": int(key[1:]), **parent, "pos": [x + HALF, y + HALF], "linkIds": sorted(passing[key])})
    return {"reroutes": reroutes, "linkExtensions": [{"id": numbers[target], "parentId": int(end[1:])} for target, end in ends.items()]}


def _is_point(node: Node, document: Document) -> bool:
    if node.type != REROUTE or not _NATIVE.fullmatch(node.id) or node.position is None or list(node.links) != [""]:
        return False
    if any(document.nodes[consumer].links[name].slot != 0 for consumer, name in document.consumers.get(node.id, ())):
        return False
    x, y = node.position
    if as_node(0, (x + HALF, y + HALF))["pos"] != [x, y]:
        return False
    return node == Node(node.id, REROUTE, links=node.links, position=node.position)


def _origin(document: Document, points: Mapping[str, Node], key: str) -> Link | None:
    """The output before the points that end in `key`; None if there is none."""
    seen = {key}
    link = points[key].links[""]
    while link.node in points:
        if link.node in seen:
            return None
        seen.add(link.node)
        link = points[link.node].links[""]
    return link if link.node in document.nodes and link.slot >= 0 else None


def _leads_on(document: Document, points: Mapping[str, Node], key: str) -> bool:
    """Whether a link passes the point to a node that is none."""
    waiting, seen = [key], {key}
    while waiting:
        for consumer, _ in document.consumers.get(waiting.pop(), ()):
            if consumer not in points:
                return True
            if consumer not in seen:
                seen.add(consumer)
                waiting.append(consumer)
    return False
