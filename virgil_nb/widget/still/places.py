"""Where nodes go that have no place of their own: into columns right of their sources, below everything that has one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from virgil_nb.widget.messages.document import DocumentJSON, NodeJSON
from virgil_nb.widget.still.boxes import FAR, REROUTE_BOX, Box

COLUMN_GAP, ROW_GAP = 64.0, 40.0


def place_nodes(document: DocumentJSON, boxes: dict[str, Box]) -> None:
    """Gives every box its corner: the document's, or one that is free. Changes `boxes`."""
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
