"""Where everything of a still picture goes: boxes with sockets, fields and pictures. Measures only; picture.py draws."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from virgil_nb.widget.messages.document import DocumentJSON, NodeJSON
from virgil_nb.widget.messages.runs import NodeStateJSON
from virgil_nb.widget.messages.specs import InputSpecJSON, SpecJSON
from virgil_nb.widget.still.boxes import CAPTION, FIELD, GAP, HEADER, INSET, LINE, REROUTE, SOCKET_ROW, WIDTH, Box, Field, Frame, Socket
from virgil_nb.widget.still.lines import Measure, one_line, value_words, wrap
from virgil_nb.widget.still.places import place_nodes

SHOWN_FIELDS, SHOWN_PICTURES = 6, 4

Size = tuple[int, int]


def lay_out(
    document: DocumentJSON,
    specs: Mapping[str, SpecJSON],
    pictures: Mapping[str, Sequence[Size]],
    states: Mapping[str, NodeStateJSON],
    measure: Measure,
) -> dict[str, Box]:
    """A box per node. `pictures`: sizes of what each node shows; `measure`: width of a text in the font of values."""
    boxes = {}
    for node in document["nodes"]:
        if node["type"] == REROUTE:
            boxes[node["id"]] = _dot(document, node, specs)
            continue
        spec = specs.get(node["type"])
        box = Box(node["id"], one_line(node.get("title") or (spec["display_name"] if spec else node["type"])), 0.0, 0.0, _width(node))
        box.mode, box.colour = node.get("mode", "on"), node.get("colour")
        state = states.get(node["id"])
        box.status, box.failed = _status(box.mode, state, spec), bool(state and state["state"] == "error")
        if pictures.get(node["id"]) and not box.status:
            box.status = "last run"
        bottom = _place_sockets(box, node, spec)
        if node.get("folded"):
            box.sockets = [Socket(socket.name, socket.type, HEADER / 2, socket.left, False) for socket in box.sockets]
            box.height = HEADER
            boxes[node["id"]] = box
            continue
        bottom = _place_fields(box, node, spec, bottom, measure)
        box.height = _place_pictures(box, pictures.get(node["id"], ()), bottom)
        boxes[node["id"]] = box
    place_nodes(document, boxes)
    return boxes


def _dot(document: DocumentJSON, node: NodeJSON, specs: Mapping[str, SpecJSON]) -> Box:
    """A reroute: a point of the type that comes to it."""
    kind = _type_behind(document, node, specs)
    sockets = [Socket("", kind, 0.0, left=True, labelled=False), Socket("", kind, 0.0, left=False, labelled=False)]
    return Box(node["id"], "", 0.0, 0.0, 0.0, mode=node.get("mode", "on"), dot=True, sockets=sockets)


def _type_behind(document: DocumentJSON, node: NodeJSON, specs: Mapping[str, SpecJSON]) -> str:
    """The type that a reroute gets, through others before it; "*" if none."""
    nodes = {one["id"]: one for one in document["nodes"]}
    seen: set[str] = set()
    at: NodeJSON | None = node
    slot = 0
    while at is not None and at["type"] == REROUTE and at["id"] not in seen:
        seen.add(at["id"])
        source, slot = at["links"].get("", ("", 0))
        at = nodes.get(source)
    outputs = specs[at["type"]]["outputs"] if at is not None and at["type"] in specs else []
    return outputs[slot]["type"] if at is not None and at["type"] != REROUTE and 0 <= slot < len(outputs) else "*"


def _width(node: NodeJSON) -> float:
    size = node.get("size")
    return min(max(float(size[0]), 160.0), 1200.0) if size and math.isfinite(size[0]) and size[0] > 0 else WIDTH


def _status(mode: str, state: NodeStateJSON | None, spec: SpecJSON | None) -> str:
    if spec is None:
        return "missing"
    if mode != "on":
        return mode
    if state is None:
        return ""
    if state["state"] == "done":
        return f"{max(state.get('seconds', 0.0), 0.1):.1f} s"
    return {"cached": "cached", "error": "stopped", "waiting": "waiting", "stopped": "stopped"}.get(state["state"], "")


def _inputs(node: NodeJSON, spec: SpecJSON | None) -> list[InputSpecJSON]:
    """The node's inputs by its spec, and those it has beyond it."""
    known = list(spec["inputs"]) if spec else []
    names = {item["name"] for item in known}
    extra = [name for name in (*node["links"], *node["values"]) if name not in names]
    surplus: list[InputSpecJSON] = [
        {"name": name, "type": "*", "required": False, "widget": name in node["values"]} for name in dict.fromkeys(extra)
    ]
    return known + surplus


def _place_sockets(box: Box, node: NodeJSON, spec: SpecJSON | None) -> float:
    inputs = [item for item in _inputs(node, spec) if not item["widget"]]
    outputs = spec["outputs"] if spec else []
    for row, item in enumerate(inputs):
        box.sockets.append(Socket(item["name"], item["type"], HEADER + SOCKET_ROW * (row + 0.5), left=True, labelled=True))
    for row, output in enumerate(outputs):
        box.sockets.append(Socket(output["name"], output["type"], HEADER + SOCKET_ROW * (row + 0.5), left=False, labelled=True))
    return HEADER + SOCKET_ROW * max(len(inputs), len(outputs))


def _place_fields(box: Box, node: NodeJSON, spec: SpecJSON | None, y: float, measure: Measure) -> float:
    fields = [item for item in _inputs(node, spec) if item["widget"]]
    shown = fields if len(fields) <= SHOWN_FIELDS + 1 else fields[:SHOWN_FIELDS]
    inner = box.width - 2 * INSET
    previous: Field | None = None
    for item in shown:
        label, value = item["name"], node["values"].get(item["name"], item.get("default", ""))
        if item.get("multiline"):
            lines = wrap(str(value), inner - 2 * INSET, measure)
            height = max(3, len(lines)) * LINE + 12
            box.fields.append(Field(label, lines, (INSET, y + GAP, inner, height), text=True))
            y, previous = y + GAP + height, None
        else:
            entry = Field(label, [one_line(value_words(value))], (INSET, y + GAP, inner, FIELD))
            if previous is not None and _short_number(item):
                half = (inner - GAP) / 2
                row = previous.box[1]
                previous.box, entry.box = (INSET, row, half, FIELD), (INSET + half + GAP, row, half, FIELD)
                previous = None
            else:
                y += GAP + FIELD
                previous = entry if _short_number(item) else None
            box.fields.append(entry)
        if item["name"] in node["links"]:
            middle = box.fields[-1].box[1] + FIELD / 2
            box.sockets.append(Socket(item["name"], item["type"], middle, left=True, labelled=False))
    if len(shown) < len(fields):
        box.more = f"{len(fields) - len(shown)} more"
        y += CAPTION
    return y


def _short_number(item: InputSpecJSON) -> bool:
    return item["type"] in ("INT", "FLOAT") and not item.get("control_after_generate")


def _place_pictures(box: Box, sizes: Sequence[Size], y: float) -> float:
    """Puts the pictures below the fields; the node's height."""
    if not sizes:
        return y + INSET
    shown = min(len(sizes), SHOWN_PICTURES)
    columns = 1 if shown == 1 else 2
    width = (box.width - 2 * INSET - GAP * (columns - 1)) / columns
    height = max(min(width * max(h, 1) / max(w, 1), width * 1.5) for w, h in sizes[:shown])
    for index in range(shown):
        row, column = divmod(index, columns)
        box.frames.append(Frame(index, (INSET + column * (width + GAP), y + INSET + row * (height + GAP), width, height)))
    rows = math.ceil(shown / columns)
    first = f"{sizes[0][0]} x {sizes[0][1]}"
    box.caption = first if len(sizes) == 1 else f"{len(sizes)} pictures, {first}"
    return y + INSET + rows * height + (rows - 1) * GAP + CAPTION + GAP
