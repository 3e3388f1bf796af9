"""Where everything of a still picture goes: boxes with sockets, fields and pictures, in pixels at 100 %.

Measures only; static_picture.py draws. Follows the live editor's measures (header 34, socket row 24, field 28, width 236),
so that the still picture looks like what the reader would see with a kernel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from virgil_nb.widget.messages.document import DocumentJSON, NodeJSON
from virgil_nb.widget.messages.runs import NodeStateJSON
from virgil_nb.widget.messages.specs import InputSpecJSON, SpecJSON

WIDTH, HEADER, SOCKET_ROW, FIELD, GAP, INSET, LINE, CAPTION = 236.0, 34.0, 24.0, 28.0, 4.0, 8.0, 16.0, 20.0
REROUTE, REROUTE_BOX = "Reroute", 20.0  # drawn as a dot in the middle of its box
SHOWN_FIELDS, SHOWN_LINES, SHOWN_PICTURES = 6, 6, 4
COLUMN_GAP, ROW_GAP = 64.0, 40.0
FAR = 1e6  # a place further out than this is taken for none
TEXT_LIMIT = 1200  # letters of one value that are looked at

Measure = Callable[[str], float]
Size = tuple[int, int]


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
    _place_nodes(document, boxes)
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


def one_line(text: object) -> str:
    """A text as one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)[:TEXT_LIMIT]).split())


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
            entry = Field(label, [one_line(_shown(value))], (INSET, y + GAP, inner, FIELD))
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


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}".replace(",", "\u2009")
    return "a Python object" if isinstance(value, dict) and "__object__" in value else str(value)


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """`text` in lines no wider than `width`, at most six; the last ends in … if more was there."""
    lines: list[str] = []
    for paragraph in text[:TEXT_LIMIT].split("\n"):
        line = ""
        for word in one_line(paragraph).split(" "):
            longer = f"{line} {word}" if line else word
            if line and measure(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    if len(lines) > SHOWN_LINES:
        lines = [*lines[: SHOWN_LINES - 1], lines[SHOWN_LINES - 1] + " …"]
    return lines


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


def _place_nodes(document: DocumentJSON, boxes: dict[str, Box]) -> None:
    """Takes the document's places; what has none goes into columns right of its sources, below everything placed."""
    homeless = []
    for node in document["nodes"]:
        place = node.get("position")
        if place and all(math.isfinite(v) and abs(v) < FAR for v in place):
            middle = REROUTE_BOX / 2 if boxes[node["id"]].dot else 0.0
            boxes[node["id"]].x, boxes[node["id"]].y = float(place[0]) + middle, float(place[1]) + middle
        else:
            homeless.append(node)
    placed = [box for box in boxes.values() if box.id not in {node["id"] for node in homeless}]
    top = max((box.y + box.height + ROW_GAP for box in placed), default=0.0)
    left = min((box.x for box in placed), default=0.0)
    columns: dict[int, list[Box]] = {}
    for id_, depth in _depths(homeless).items():
        columns.setdefault(depth, []).append(boxes[id_])
    for depth in sorted(columns):
        y = top
        for box in columns[depth]:
            box.x, box.y = left, y
            y += box.height + ROW_GAP
        left += max(box.width for box in columns[depth]) + COLUMN_GAP


def _depths(nodes: Sequence[NodeJSON]) -> dict[str, int]:
    """How many links lead to each node, at most; a cycle ends the count."""
    sources = {node["id"]: [link[0] for link in node["links"].values()] for node in nodes}
    depths = dict.fromkeys(sources, 0)
    for _ in range(min(len(sources), 64)):
        changed = False
        for id_, before in sources.items():
            depth = max((depths[source] + 1 for source in before if source in depths), default=0)
            if depth > depths[id_] and depth <= 64:
                depths[id_], changed = depth, True
        if not changed:
            break
    return depths
