"""A file of ComfyUI's editor, with everything that its server never sees resolved: subgraphs, primitives and, if wished, reroutes.

    57 (instance of a subgraph)          57:27 ── 57:3 ── 57:8       inner nodes get the instance's id before theirs
    5 ── Reroute ── 8             →      5 ── 8                      or as it is
    Primitive(7) ── 3.seed        →      3.seed = 7

What an input is fed by is looked up through one table of detours: (node, slot) that gives nothing itself → where it comes from.
Links follow the id in an input's `link`; the places that a link names as its target go stale, and are not believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from virgil_nb.comfy.native_reroutes import REROUTE, as_node, read_points
from virgil_nb.engine.types import types_fit

NOTES = frozenset({"Note", "MarkdownNote"})
MUTED, BYPASSED = 2, 4
DEEPEST = 64  # subgraphs within subgraphs


@dataclass(frozen=True)
class Source:
    """An output slot of a node, by its flattened id."""

    node: str
    slot: int


@dataclass(frozen=True)
class Constant:
    """A value that a link brings, from a primitive node or a field of a subgraph's instance."""

    value: object


Feed = Source | Constant | None


@dataclass
class Box:
    """One node that ComfyUI's server would see. feeds: by input name; overrides: field values set on a subgraph's instance."""

    id: str
    data: Mapping[str, Any]
    muted: bool = False
    feeds: dict[str, Feed] = field(default_factory=dict)
    overrides: dict[str, object] = field(default_factory=dict)


@dataclass
class Flat:
    """The boxes in file order, and the notes, which are kept as they are.

    reroutes: whether they are boxes, too. points: the reroutes of the newer kind that have become boxes.
    """

    reroutes: bool = False
    boxes: list[Box] = field(default_factory=list)
    notes: list[Mapping[str, Any]] = field(default_factory=list)
    detours: dict[Source, Feed] = field(default_factory=dict)
    points: set[int] = field(default_factory=set)

    def feed(self, start: Feed) -> Feed:
        """Where `start` comes from in the end; None if it leads nowhere (or in a circle)."""
        seen: set[Source] = set()
        while isinstance(start, Source) and start in self.detours:
            if start in seen:
                return None
            seen.add(start)
            start = self.detours[start]
        return start


def flatten(data: Mapping[str, Any], reroutes: bool = False) -> Flat:
    """The flat form of a UI file; `reroutes`: they stay. Raises ValueError if subgraphs contain each other."""
    flat = Flat(reroutes)
    definitions = {str(one["id"]): one for one in _mappings(_mapping(data.get("definitions")).get("subgraphs")) if "id" in one}
    _walk(flat, data, "", definitions, {}, False, 0)
    resolve(flat)
    return flat


def resolve(flat: Flat) -> None:
    """Follows all detours. A reroute that a constant comes through is left out: only its ends say what the constant is."""
    while True:
        for box in flat.boxes:
            box.feeds = {name: flat.feed(feed) for name, feed in box.feeds.items()}
        constant = {box.id: box for box in flat.boxes if box.data.get("type") == REROUTE and isinstance(box.feeds.get(""), Constant)}
        if not constant:
            return
        flat.detours.update({Source(key, 0): box.feeds[""] for key, box in constant.items()})
        flat.boxes = [box for box in flat.boxes if box.id not in constant]


def _walk(
    flat: Flat,
    graph: Mapping[str, Any],
    prefix: str,
    definitions: Mapping[str, Mapping[str, Any]],
    overrides: Mapping[tuple[str, str], object],
    muted: bool,
    depth: int,
) -> None:
    """Adds one level. overrides: values for the fields of this level's nodes, by (id, field)."""
    if depth > DEEPEST:
        raise ValueError("subgraphs lie in each other without end")
    links = {link[0]: link for link in map(_read_link, _list(graph.get("links"))) if link is not None}
    if flat.reroutes and not prefix:
        _add_points(flat, graph, links)
    for node in nodes_of(graph):
        own, kind = f"{prefix}{node['id']}", str(node.get("type", ""))
        if kind in NOTES:
            if not prefix:
                flat.notes.append(node)
            continue
        feeds = {
            str(item.get("name")): Source(f"{prefix}{links[item['link']][1]}", links[item["link"]][2])
            for item in inputs_of(node)
            if isinstance(item.get("link"), int | str) and item["link"] in links
        }
        given = {name: value for (inner, name), value in overrides.items() if inner == str(node["id"])}
        if kind == REROUTE and flat.reroutes:
            flat.boxes.append(Box(own, node, muted, {"": next(iter(feeds.values()), None)}))
        elif kind == REROUTE:
            flat.detours[Source(own, 0)] = next(iter(feeds.values()), None)
        elif kind == "PrimitiveNode":
            values = node.get("widgets_values")
            value = next(iter(given.values()), values[0] if isinstance(values, list) and values else None)
            flat.detours[Source(own, 0)] = None if value is None else Constant(value)
        elif kind in definitions:
            _enter(flat, node, own, definitions[kind], definitions, feeds, given, muted, depth)
        else:
            flat.boxes.append(Box(own, node, muted, dict(feeds), given))


def _add_points(flat: Flat, graph: Mapping[str, Any], links: dict[Any, tuple[Any, Any, int]]) -> None:
    """Adds the reroutes that are points on links as boxes, and lets those links come from the last of them."""
    points = read_points(graph)
    taken = {str(node["id"]) for node in nodes_of(graph)}
    feeds: dict[int, Feed] = {}
    for key, (_, origin, slot) in list(links.items()):
        way = points.way(key)
        before = Source(str(origin), slot)
        if any(f"r{point}" in taken for point in way):
            continue
        for point in way:
            feeds.setdefault(point, before)
            before = Source(f"r{point}", 0)
        links[key] = (key, before.node, before.slot)
    flat.points.update(feeds)
    flat.boxes += [Box(f"r{point}", as_node(point, points.places[point]), False, {"": feeds[point]}) for point in sorted(feeds)]


def _enter(
    flat: Flat,
    node: Mapping[str, Any],
    own: str,
    definition: Mapping[str, Any],
    definitions: Mapping[str, Mapping[str, Any]],
    feeds: Mapping[str, Feed],
    given: Mapping[str, object],
    muted: bool,
    depth: int,
) -> None:
    """Adds an instance of a subgraph: detours through its border, then its inner nodes."""
    by_input, by_inner = promoted(node, definition)
    by_input.update({name: value for name, value in given.items() if value is not None})
    prefix = f"{own}:"
    for slot, item in enumerate(_mappings(definition.get("inputs"))):
        name = str(item.get("name"))
        fed = feeds.get(name)
        flat.detours[Source(f"{prefix}-10", slot)] = fed if fed is not None else Constant(by_input[name]) if name in by_input else None

    links = {link[0]: link for link in map(_read_link, _list(definition.get("links"))) if link is not None}
    mode = node.get("mode")
    for slot, item in enumerate(_mappings(definition.get("outputs"))):
        inner = next((links[key] for key in _list(item.get("linkIds")) if key in links), None)
        feed: Feed = None if inner is None else Source(f"{prefix}{inner[1]}", inner[2])
        if mode == BYPASSED:
            chosen = bypass(
                str(item.get("type", "*")), slot, "*", [(str(one.get("name")), str(one.get("type", "*"))) for one in inputs_of(node)]
            )
            feed = None if chosen is None else feeds.get(chosen)
        flat.detours[Source(own, slot)] = feed
    _walk(flat, definition, prefix, definitions, by_inner, muted or mode in (MUTED, BYPASSED), depth + 1)


def promoted(node: Mapping[str, Any], definition: Mapping[str, Any]) -> tuple[dict[str, object], dict[tuple[str, str], object]]:
    """The values that an instance sets: by subgraph input, and by (inner node, field). null, or nothing there: the inner value stays."""
    stored = node.get("widgets_values")
    stored = stored if isinstance(stored, list) else []
    by_input: dict[str, object] = {}
    by_inner: dict[tuple[str, str], object] = {}
    proxies = _mapping(node.get("properties")).get("proxyWidgets")
    if not isinstance(proxies, list):
        names = [str(item.get("name")) for item in _mappings(definition.get("inputs")) if first_field(definition, item) is not None]
        return {name: value for name, value in zip(names, stored, strict=False) if value is not None}, {}
    fed = {first_field(definition, item): str(item.get("name")) for item in _mappings(definition.get("inputs"))}
    for proxy, value in zip(proxies, stored, strict=False):
        if value is None or not isinstance(proxy, list) or len(proxy) < 2 or str(proxy[1]).startswith("$$"):
            continue
        inner, name = str(proxy[0]), str(proxy[1])
        if inner == "-1":
            by_input[name] = value
        elif (inner, name) in fed:
            by_input[fed[(inner, name)]] = value
        else:
            by_inner[(inner, name)] = value
    return by_input, by_inner


def first_field(definition: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[str, str] | None:
    """(inner node, field) that a subgraph's input feeds first, if what it feeds is a field."""
    for key in _list(item.get("linkIds")):
        for inner in nodes_of(definition):
            for one in inputs_of(inner):
                if one.get("link") == key and isinstance(one.get("widget"), Mapping):
                    return str(inner["id"]), str(one["widget"].get("name", one.get("name")))
    return None


def bypass(output_type: str, slot: int, target_type: str, inputs: Sequence[tuple[str, str]]) -> str | None:
    """The input (name) that stands in for output `slot` of a bypassed node, whose inputs are (name, type); None if none fits."""
    if target_type == "*":
        return inputs[slot][0] if slot < len(inputs) else inputs[0][0] if inputs else None
    if slot < len(inputs) and types_fit(inputs[slot][1], output_type) and types_fit(inputs[slot][1], target_type):
        return inputs[slot][0]
    exact = next((name for name, kind in inputs if kind == target_type), None)
    if exact is not None:
        return exact
    return next((name for name, kind in inputs if types_fit(kind, output_type) and types_fit(kind, target_type)), None)


def nodes_of(graph: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The nodes of one level that have an id and a type."""
    for node in _mappings(graph.get("nodes")):
        if isinstance(node.get("id"), int | str) and isinstance(node.get("type"), str) and node["type"]:
            yield node


def inputs_of(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The saved inputs of a node."""
    return _mappings(node.get("inputs"))


def _read_link(link: object) -> tuple[Any, Any, int] | None:
    """(id, origin node, origin slot) of a link, which is a list or, in newer files and subgraphs, an object."""
    if isinstance(link, Mapping):
        link = [link.get("id"), link.get("origin_id"), link.get("origin_slot")]
    if isinstance(link, list) and len(link) >= 3 and all(isinstance(part, int | str) for part in link[:2]) and isinstance(link[2], int):
        return link[0], link[1], link[2]
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [one for one in _list(value) if isinstance(one, Mapping)]
