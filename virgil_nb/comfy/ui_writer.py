"""Writes a document as ComfyUI's editor saves it, so that it opens there and, opened here again, is the same document.

What ComfyUI has no place for (a value without a field, a guessed place) goes under `properties["virgil_nb"]` of the node, and
`extra["virgil_nb"]` of the file, which its editor keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgil_nb.comfy.colours import OWN, write_node_colour
from virgil_nb.comfy.groups import write_groups
from virgil_nb.comfy.native_reroutes import REROUTE, straightened, write_points
from virgil_nb.comfy.slots import restore_unknown, slots_of, stored_values
from virgil_nb.comfy.ui_reader import REROUTE_SIZE
from virgil_nb.engine import Document, Link, Node, Registry
from virgil_nb.engine.documents.panel import panel_json
from virgil_nb.engine.json_values import thaw
from virgil_nb.engine.kinds.spec import NodeSpec
from virgil_nb.engine.planning.modes import source_behind

MODE_NUMBERS = {"on": 0, "muted": 2, "bypassed": 4}
COLUMN, ROW = 320.0, 60.0  # of guessed places, in pixels


def write_ui(document: Document, registry: Registry) -> dict[str, Any]:
    """The UI file of a document. A Python object as an input becomes {"__object__": hash, "type": …}, which only virgil_nb understands."""
    document, points, ends = straightened(document)
    numbers = _link_numbers(document)
    columns = _columns(document)
    rows: dict[int, float] = {}
    nodes = []
    for order, node in enumerate(document.nodes.values()):
        column = columns[node.id]
        place = (column * COLUMN, rows.get(column, 0.0))
        written = _write_node(node, registry.get(node.type), document, numbers, order, place)
        if node.type in registry.virtual:
            for slot, output in enumerate(written["outputs"]):
                output["type"] = _output_type(document, registry, node.id, slot)
        rows[column] = place[1] + written["size"][1] + ROW
        nodes.append(written)
    links = [
        [
            number,
            _id(link.node),
            link.slot,
            _id(target),
            _input_place(document.nodes[target], registry, name),
            _output_type(document, registry, link.node, link.slot),
        ]
        for (target, name), number in numbers.items()
        for link in [document.nodes[target].links[name]]
    ]
    kept = thaw(document.extra.get("comfyui", {}))
    own: dict[str, Any] = {"name": document.name} if document.name else {}
    if document.panel is not None:
        own["panel"] = panel_json(document.panel)
    rest = {key: value for key, value in thaw(document.extra).items() if key != "comfyui"}
    if rest:
        own["extra"] = rest
    settings = {**kept.pop("extra", {}), **({OWN: own} if own else {})}
    if points:
        written_points = write_points(points, ends, numbers)
        settings.update({key: [*settings.get(key, []), *value] for key, value in written_points.items()})
    notes = kept.pop("notes", [])
    return {
        "last_node_id": max((number for one in [*nodes, *notes] if isinstance(number := one["id"], int)), default=0),
        "last_link_id": len(links),
        "nodes": [*nodes, *notes],
        "links": links,
        "groups": [*write_groups(document.frames, kept.pop("frames", {})), *kept.pop("groups", [])],
        "config": kept.pop("config", {}),
        "extra": settings,
        "version": 0.4,
        **kept,
    }


def _write_node(
    node: Node,
    spec: NodeSpec | None,
    document: Document,
    numbers: Mapping[tuple[str, str], int],
    order: int,
    place: tuple[float, float],
) -> dict[str, Any]:
    kept = thaw(node.extra.get("comfyui", {}))
    inputs, outputs = _sockets(node, spec, document, numbers, kept)
    known = len(kept.pop("inputs", [])), len(kept.pop("outputs", []))
    stored: object
    if spec is not None:
        stored = stored_values(spec, thaw(node.values), node.control)
    else:
        stored = restore_unknown(inputs, kept.pop("widgets_values", []), thaw(node.values), node.control)
    position = list(node.position or place)
    size = list(node.size or _guessed_size(spec, len(inputs), len(outputs)))
    own: dict[str, Any] = {}
    guessed = {key: value for key, value, given in (("pos", position, node.position), ("size", size, node.size)) if given is None}
    mode = MODE_NUMBERS[node.mode]
    if node.type == REROUTE:
        size, mode = _reroute(node, kept, own)
        guessed.pop("size", None)
    if guessed:
        own["guessed"] = guessed
    colours, beside = write_node_colour(node.colour, kept)
    own.update(beside)
    kept = {key: value for key, value in kept.items() if key not in ("color", "bgcolor")}
    flags = {**kept.pop("flags", {}), **({"collapsed": True} if node.folded else {})}
    own.update(_left_over(node, spec))
    if spec is None:  # sockets that are only known from the links
        own["added"] = [len(inputs) - known[0], len(outputs) - known[1]]
        if own["added"] == [0, 0]:
            del own["added"]
    properties = {"Node name for S&R": node.type, **kept.pop("properties", {}), **({OWN: own} if own else {})}
    return {
        "id": _id(node.id),
        "type": node.type,
        "pos": position,
        "size": size,
        "flags": flags,
        "order": order,
        "mode": mode,
        "inputs": inputs,
        "outputs": outputs,
        **({"title": node.title} if node.title is not None else {}),
        "properties": properties,
        "widgets_values": stored,
        **colours,
        **kept,
    }


def _reroute(node: Node, kept: dict[str, Any], own: dict[str, Any]) -> tuple[list[float], int]:
    """(size, mode) of a reroute, which there is a node of some size, and passes on what it gets even when muted."""
    own.update({"sized": True} if node.size is not None else {})
    own.update({"muted": True} if node.mode == "muted" else {})
    size, mode = kept.pop("size", REROUTE_SIZE), kept.pop("mode", 0)
    return list(node.size or size), mode if node.mode == "on" else MODE_NUMBERS[node.mode]


def _sockets(
    node: Node,
    spec: NodeSpec | None,
    document: Document,
    numbers: Mapping[tuple[str, str], int],
    kept: Mapping[str, Any],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The inputs (sockets first, then fields, as newer files list them) and outputs of a node."""
    if spec is not None:
        ordered = sorted(spec.inputs, key=lambda item: item.widget)
        inputs: list[dict[str, Any]] = [
            {"name": item.name, "type": item.type, **({"widget": {"name": item.name}} if item.widget else {})} for item in ordered
        ]
        outputs: list[dict[str, Any]] = [{"name": item.name, "type": item.type} for item in spec.outputs]
    else:
        inputs = [{key: value for key, value in one.items() if key != "link"} for one in kept.get("inputs", [])]
        outputs = [{key: value for key, value in one.items() if key != "links"} for one in kept.get("outputs", [])]
    listed = {one.get("name") for one in inputs}
    inputs += [{"name": name, "type": "*"} for name in node.links if name not in listed]
    for one in inputs:
        one["link"] = numbers.get((node.id, one.get("name", "")))
    wanted = {link.slot for target, name in document.consumers.get(node.id, ()) for link in [document.nodes[target].links[name]]}
    outputs += [{"name": str(slot), "type": "*"} for slot in range(len(outputs), max(wanted, default=-1) + 1)]
    for slot, one in enumerate(outputs):
        used = [numbers[key] for key in document.consumers.get(node.id, ()) if document.nodes[key[0]].links[key[1]].slot == slot]
        one["links"] = used or None
        one["slot_index"] = slot
    return inputs, outputs


def _left_over(node: Node, spec: NodeSpec | None) -> dict[str, Any]:
    """What of a node has no place in ComfyUI's form of it."""
    slots = slots_of(spec) if spec is not None else []
    fields = {slot.name for slot in slots if slot.kind == "value"}
    seeds = {slot.name for slot in slots if slot.kind == "control"}
    found: dict[str, Any] = {}
    unset = sorted(fields - node.values.keys())
    if unset:
        found["unset"] = unset
    values = {name: value for name, value in thaw(node.values).items() if name not in fields}
    control = {name: value for name, value in node.control.items() if name not in seeds}
    extra = {key: value for key, value in thaw(node.extra).items() if key != "comfyui"}
    found.update({key: value for key, value in (("values", values), ("control", control), ("extra", extra)) if value})
    return found


def _link_numbers(document: Document) -> dict[tuple[str, str], int]:
    """A number for each link, by (target, input), from 1 on. Links to nodes that are missing have none."""
    keys = [
        (node.id, name)
        for node in document.nodes.values()
        for name, link in node.links.items()
        if link.node in document.nodes and link.slot >= 0
    ]
    return {key: number for number, key in enumerate(keys, 1)}


def _input_place(node: Node, registry: Registry, name: str) -> int:
    spec = registry.get(node.type)
    if spec is not None:
        names = [item.name for item in sorted(spec.inputs, key=lambda item: item.widget)]
    else:
        names = [str(one.get("name")) for one in thaw(node.extra.get("comfyui", {})).get("inputs", [])]
    names += [other for other in node.links if other not in names]
    return names.index(name)


def _output_type(document: Document, registry: Registry, node: str, slot: int) -> str:
    if document.nodes[node].type in registry.virtual:
        behind = source_behind(Link(node, slot), document, registry)
        if behind is None or behind.node not in document.nodes:
            return "*"
        node, slot = behind.node, behind.slot
    spec = registry.get(document.nodes[node].type)
    return spec.outputs[slot].type if spec is not None and 0 <= slot < len(spec.outputs) else "*"


def _columns(document: Document) -> dict[str, int]:
    """How far from the beginning each node is, for a guessed place; a cycle ends where it is met again."""
    depth = dict.fromkeys(document.nodes, 0)
    waiting = {node.id: sum(link.node in depth for link in node.links.values()) for node in document.nodes.values()}
    ready = [node_id for node_id, count in waiting.items() if count == 0]
    while ready:
        source = ready.pop()
        for target, _ in document.consumers.get(source, ()):
            depth[target] = max(depth[target], depth[source] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return depth


def _guessed_size(spec: NodeSpec | None, inputs: int, outputs: int) -> tuple[float, float]:
    """About what ComfyUI's editor would give a node."""
    tall = sum(item.multiline for item in spec.inputs) if spec is not None else 0
    return (400.0 if tall else 270.0), 40.0 + 26.0 * max(inputs, outputs, 1) + 100.0 * tall


def _id(node_id: str) -> int | str:
    """Ids are numbers in ComfyUI's files, but for nodes out of subgraphs."""
    return int(node_id) if node_id.isascii() and node_id.isdecimal() and str(int(node_id)) == node_id else node_id
