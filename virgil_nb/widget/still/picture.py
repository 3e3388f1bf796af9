"""The still picture: quiet, light, in the live editor's look; nodes with titles, values and pictures, links in their types' colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from virgil_nb.widget.messages.document import DocumentJSON, FrameJSON
from virgil_nb.widget.messages.runs import NodeStateJSON
from virgil_nb.widget.messages.specs import SpecJSON
from virgil_nb.widget.still.boxes import FAR, Box
from virgil_nb.widget.still.colours import CANVAS
from virgil_nb.widget.still.fonts import length
from virgil_nb.widget.still.layout import lay_out
from virgil_nb.widget.still.pen import Pen

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIZE = (1100, 760)
MARGIN = 24.0
FAR_ZOOM = 0.3  # below it, a node is a tile


def draw(
    document: DocumentJSON,
    specs: Mapping[str, SpecJSON],
    pictures: Mapping[str, Sequence[Image]] | None = None,
    states: Mapping[str, NodeStateJSON] | None = None,
) -> Image:
    """An RGB image of at most 1100 × 760: the document drawn at up to 100 %, its `pictures` (per node) on their nodes."""
    from PIL import Image

    pictures = pictures or {}
    sizes = {node: [picture.size for picture in several] for node, several in pictures.items()}
    boxes = lay_out(document, specs, sizes, states or {}, lambda text: length(text, 12))
    frames = [frame for frame in document.get("frames", {}).values() if _is_near(frame["box"])]
    left, top, width, height = _bounds(boxes, frames)
    scale = min(1.0, MAX_SIZE[0] / width, MAX_SIZE[1] / height)
    over = 2 if scale > FAR_ZOOM else 1  # drawn at twice the size and reduced: smooth edges
    size = max(1, round(width * scale)), max(1, round(height * scale))
    image = Image.new("RGB", (size[0] * over, size[1] * over), CANVAS)
    pen = Pen(image, left, top, scale * over)
    if scale > FAR_ZOOM:
        pen.dots()
    for frame in sorted(frames, key=lambda frame: -frame["box"][2] * frame["box"][3]):  # the smaller ones over those that hold them
        pen.frame(frame)
    for node in document["nodes"]:
        for name, (source, slot) in node["links"].items():
            if source in boxes:
                pen.link(
                    boxes[source], boxes[node["id"]], boxes[source].socket(slot, left=False), boxes[node["id"]].socket(name, left=True)
                )
    for box in boxes.values():
        if box.dot:
            pen.dot(box)
        else:
            (pen.node if scale > FAR_ZOOM else pen.tile)(box, pictures.get(box.id, ()))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) if over > 1 else image


def _bounds(boxes: Mapping[str, Box], frames: Sequence[FrameJSON] = ()) -> tuple[float, float, float, float]:
    taken = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes.values()]
    taken += [(x, y, x + width, y + height) for x, y, width, height in (frame["box"] for frame in frames)]
    left = min((x for x, _, _, _ in taken), default=0.0) - MARGIN
    top = min((y for _, y, _, _ in taken), default=0.0) - MARGIN
    right = max((x for _, _, x, _ in taken), default=320.0) + MARGIN
    bottom = max((y for _, _, _, y in taken), default=120.0) + MARGIN
    return left, top, right - left, bottom - top


def _is_near(box: tuple[float, float, float, float]) -> bool:
    """Whether a frame has a place that can be drawn."""
    x, y, width, height = box
    return max(abs(x), abs(y), abs(x + width), abs(y + height)) < FAR and min(width, height) >= 1
