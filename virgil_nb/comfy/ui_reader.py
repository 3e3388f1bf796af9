"""Opens what ComfyUI's editor saves. Nodes whose type is known here become ordinary nodes; what is not understood is kept beside.

Its groups are our frames. Kept under `extra["comfyui"]`: of the document, notes and settings; of a node, the colours that its tint comes
from, flags and properties, and of a node of an unknown type all that it needs to be written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgil_nb.comfy.api_format import takes
from virgil_nb.comfy.colours import OWN, node_colour, write_node_colour
from virgil_nb.comfy.flat import Box, Constant, Flat, Source
from virgil_nb.comfy.flatten import BYPASSED, MUTED, flatten
from virgil_nb.comfy.groups import read_groups
from virgil_nb.comfy.native_reroutes import REROUTE, without_used
from virgil_nb.comfy.saved_graph import inputs_of
from virgil_nb.comfy.slots import field_value, names_by_saved_inputs, read_stored, restore_unknown
from virgil_nb.engine import Document, DocumentError, Link, Node, Registry
from virgil_nb.engine.documents.panel import read_panel
from virgil_nb.engine.kinds.spec import InputSpec, NodeSpec

RENAMED = {
    "T2IAdapterLoader": "ControlNetLoader",
    "ConditioningAverage ": "ConditioningAverage",
    "SDV_img2vid_Conditioning": "SVD_img2vid_Conditioning",
}
REROUTE_SIZE = [75.0, 26.0]  # of a reroute node there; here it is a dot
READ = frozenset({"id", "type", "pos", "size", "mode", "inputs", "outputs", "widgets_values", "widgets_values_named", "title", "order"})
GRAPH_READ = frozenset({"nodes", "links", "last_node_id", "last_link_id", "definitions", "groups"})


def is_ui(source: object) -> bool:
    """Whether this is the UI format: nodes in a list, each with an id and a type, and links beside them."""
    return isinstance(source, Mapping) and isinstance(source.get("nodes"), list) and "links" in source and source.get("format") is None


def open_ui(source: object, registry: Registry) -> Document:
    """The document of a UI file. Raises DocumentError if it is malformed."""
    assert isinstance(source, Mapping)
    try:
        flat = flatten(source, REROUTE in registry.virtual)
        known = {box.id for box in flat.boxes}
        nodes = {}
        for box in flat.boxes:
            if box.id in nodes:
                raise ValueError(f"two nodes have the id {box.id}")
            nodes[box.id] = read_node(box, registry, known)
        own = _own(source.get("extra"))
        frames, rest, left = read_groups(source.get("groups"))
        extra = _graph_extra(source, flat, own, {"frames": rest, "groups": left})
        return Document(nodes, str(own.get("name", "")), extra, frames, read_panel(own.get("panel")))
    except DocumentError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as problem:
        raise DocumentError(f"this looks like a workflow of ComfyUI's editor, but it can't be read: {problem}") from problem


def read_node(box: Box, registry: Registry, known: set[str]) -> Node:
    """The node that a box stands for; links to nodes that are not in the file are left out."""
    data = box.data
    kind = RENAMED.get(str(data["type"]), str(data["type"]))
    spec = registry.get(kind)
    values, controls = read_unknown(data) if spec is None else read_known(spec, data)
    values.update({name: value for name, value in box.overrides.items() if name in values or spec is not None})
    links: dict[str, Link] = {}
    gone = {
        str(one.get("name")) for one in inputs_of(data) if one.get("widget") and spec is not None and not takes(spec, str(one.get("name")))
    }
    for name, feed in box.feeds.items():
        if name in gone:
            continue
        if isinstance(feed, Source) and feed.node in known:
            links[name] = Link(feed.node, feed.slot)
        elif isinstance(feed, Constant):
            values[name] = feed.value
    own = _own(data.get("properties"))
    values.update(own.get("values", {}))
    for name in own.get("unset", ()):
        if spec is not None and name in spec.by_name and values.get(name) == field_value(spec.by_name[name], {}):
            values.pop(name, None)
    if spec is not None:
        values = {name: tidy(spec.by_name[name], value) if name in spec.by_name else value for name, value in values.items()}
    if "control_after_generate" in values and spec is not None and "control_after_generate" not in spec.by_name:
        values.pop("control_after_generate")
    mode = "muted" if box.muted or data.get("mode") == MUTED else "bypassed" if data.get("mode") == BYPASSED else "on"
    if kind == REROUTE and mode == "muted" and not own.get("muted"):
        mode = "on"  # there, a muted reroute passes on what it gets
    position, size = pair(data.get("pos")), pair(data.get("size"))
    guessed = own.get("guessed", {})
    return Node(
        id=box.id,
        type=kind,
        values=values,
        links=links,
        title=_title(data, kind, spec),
        position=None if position is None or list(position) == guessed.get("pos") else position,
        size=None if size is None or list(size) == guessed.get("size") or (kind == REROUTE and not own.get("sized")) else size,
        mode=mode,  # type: ignore[arg-type]
        control={**controls, **own.get("control", {})},
        colour=node_colour(data),
        folded=_is_folded(data),
        extra=_node_extra(data, own, spec, values),
    )


def read_known(spec: NodeSpec, data: Mapping[str, Any]) -> tuple[dict[str, object], dict[str, str]]:
    """(values, controls) of a node of a known type, by its definition."""
    stored, named = data.get("widgets_values"), data.get("widgets_values_named")
    values, controls = read_stored(spec, stored) if isinstance(stored, list) else ({}, {})
    if isinstance(named, Mapping) and not values:
        values = {name: value for name, value in named.items() if takes(spec, name)}
    return {name: value for name, value in values.items() if value is not None}, controls


def read_unknown(data: Mapping[str, Any]) -> tuple[dict[str, object], dict[str, str]]:
    """(values, controls) of a node of an unknown type, as far as its file names them."""
    stored, named = data.get("widgets_values"), data.get("widgets_values_named")
    if isinstance(named, Mapping):
        fields = {str(one.get("name")) for one in inputs_of(data) if one.get("widget")}
        return {name: value for name, value in named.items() if not fields or name in fields}, {}
    if not isinstance(stored, list):
        return {}, {}
    found = list(names_by_saved_inputs(inputs_of(data), stored))
    values = {name: value for name, value, _ in found}
    return values, {name: control for name, _, control in found if control is not None and control != "fixed"}


def tidy(item: InputSpec, value: object) -> object:
    """A stored value as the input has it today: old sampler names lose their prefix, whole numbers written as 8.0 are whole."""
    if isinstance(value, str) and value.startswith("sample_") and item.type == "COMBO" and isinstance(item.choices, tuple):
        return value.removeprefix("sample_") if value not in item.choices else value
    if item.type == "INT" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def pair(value: object) -> tuple[float, float] | None:
    """Two numbers saved as a list, or as an object with the keys "0" and "1"."""
    if isinstance(value, Mapping):
        value = [value.get("0"), value.get("1")]
    if isinstance(value, list) and len(value) >= 2 and all(isinstance(one, int | float) for one in value[:2]):
        return float(value[0]), float(value[1])
    return None


def _title(data: Mapping[str, Any], kind: str, spec: NodeSpec | None) -> str | None:
    title = data.get("title")
    return None if not isinstance(title, str) or title in ("", kind, spec.display_name if spec is not None else kind) else title


def _is_folded(data: Mapping[str, Any]) -> bool:
    flags = data.get("flags")
    return isinstance(flags, Mapping) and flags.get("collapsed") is True


def _own(place: object) -> Mapping[str, Any]:
    found = place.get(OWN) if isinstance(place, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _node_extra(data: Mapping[str, Any], own: Mapping[str, Any], spec: NodeSpec | None, values: Mapping[str, object]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if key not in READ and value not in ({}, [], None)}
    properties = {key: value for key, value in data.get("properties", {}).items() if key != OWN}
    if properties.get("Node name for S&R") == data["type"]:
        del properties["Node name for S&R"]
    kept.pop("properties", None)
    if isinstance(kept.get("flags"), Mapping):
        kept["flags"] = {key: value for key, value in kept["flags"].items() if key != "collapsed"}
        if not kept["flags"]:
            del kept["flags"]
    if data["type"] == REROUTE:
        if data.get("mode") == MUTED and not own.get("muted"):
            kept["mode"] = MUTED
        if not own.get("sized") and pair(data.get("size")) not in (None, tuple(REROUTE_SIZE)):
            kept["size"] = data["size"]
    colours: dict[str, Any] = {key: kept.pop(key) for key in ("color", "bgcolor") if key in kept}
    if write_node_colour(node_colour(data), {})[0] != colours:  # they say more than the tint does
        kept.update(colours)
    if properties:
        kept["properties"] = properties
    if spec is None:
        if data.get("widgets_values"):
            kept["widgets_values"] = restore_unknown(inputs_of(data), data["widgets_values"], values, {})
        added = own.get("added", (0, 0))
        for key, wiring, more in (("inputs", {"link"}, added[0]), ("outputs", {"links", "slot_index"}, added[1])):
            saved = data.get(key) or []
            sockets = [{name: value for name, value in one.items() if name not in wiring} for one in saved[: len(saved) - more]]
            if sockets:
                kept[key] = sockets
    return {**own.get("extra", {}), **({"comfyui": kept} if kept else {})}


def _graph_extra(source: Mapping[str, Any], flat: Flat, own: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in source.items() if key not in GRAPH_READ and value not in ({}, [], None)}
    settings = {key: value for key, value in kept.pop("extra", {}).items() if key != OWN}
    if flat.points:
        settings.pop("linkExtensions", None)
        for place in (settings, kept):
            place["reroutes"] = without_used(place.get("reroutes", []), flat.points)
            if not place["reroutes"]:
                del place["reroutes"]
    if settings:
        kept["extra"] = settings
    kept.update({key: value for key, value in groups.items() if value})
    kept.pop("version", None)  # that of the file's own form, which is written anew
    if flat.notes:
        kept["notes"] = list(flat.notes)
    return {**own.get("extra", {}), **({"comfyui": kept} if kept else {})}
