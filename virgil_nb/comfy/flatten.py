"""A file of ComfyUI's editor, with everything that its server never sees resolved: subgraphs, primitives and, if wished, reroutes.

    57 (instance of a subgraph)          57:27 ── 57:3 ── 57:8       inner nodes get the instance's id before theirs
    5 ── Reroute ── 8             →      5 ── 8                      or as it is
    Primitive(7) ── 3.seed        →      3.seed = 7

Links follow the id in an input's `link`; the places that a link names as its target go stale, and are not believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgil_nb.comfy.flat import Box, Constant, Feed, Flat, Source, resolve
from virgil_nb.comfy.native_reroutes import REROUTE, as_node, read_points
from virgil_nb.comfy.saved_graph import inputs_of, items, links_of, mapping, mappings, nodes_of
from virgil_nb.comfy.subgraphs import bypass, promoted

NOTES = frozenset({"Note", "MarkdownNote"})
MUTED, BYPASSED = 2, 4
DEEPEST = 64  # subgraphs within subgraphs


def flatten(data: Mapping[str, Any], reroutes: bool = False) -> Flat:
    """The flat form of a UI file; `reroutes`: they stay. Raises ValueError if subgraphs contain each other."""
    flat = Flat(reroutes)
    definitions = {str(one["id"]): one for one in mappings(mapping(data.get("definitions")).get("subgraphs")) if "id" in one}
    _walk(flat, data, "", definitions, {}, False, 0)
    resolve(flat)
    return flat


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
    links = links_of(graph)
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
    for slot, item in enumerate(mappings(definition.get("inputs"))):
        name = str(item.get("name"))
        fed = feeds.get(name)
        flat.detours[Source(f"{prefix}-10", slot)] = fed if fed is not None else Constant(by_input[name]) if name in by_input else None

    links = links_of(definition)
    mode = node.get("mode")
    for slot, item in enumerate(mappings(definition.get("outputs"))):
        inner = next((links[key] for key in items(item.get("linkIds")) if key in links), None)
        feed: Feed = None if inner is None else Source(f"{prefix}{inner[1]}", inner[2])
        if mode == BYPASSED:
            chosen = bypass(
                str(item.get("type", "*")), slot, "*", [(str(one.get("name")), str(one.get("type", "*"))) for one in inputs_of(node)]
            )
            feed = None if chosen is None else feeds.get(chosen)
        flat.detours[Source(own, slot)] = feed
    _walk(flat, definition, prefix, definitions, by_inner, muted or mode in (MUTED, BYPASSED), depth + 1)
