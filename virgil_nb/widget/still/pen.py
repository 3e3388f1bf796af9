"""Draws the parts of a still picture: nodes, links, frames, glyphs, pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from virgil_nb.widget.messages.document import FrameJSON
from virgil_nb.widget.still.boxes import CAPTION, HEADER, INSET, LINE, Box, Field, Socket
from virgil_nb.widget.still.colours import (
    AMBER,
    CANVAS,
    DOTS,
    ERROR,
    FIELD_FILL,
    LINE_COLOUR,
    PLAIN,
    SHAPES,
    SURFACE,
    TEXT,
    TEXT_2,
    colour_of,
    mixed,
)
from virgil_nb.widget.still.fonts import fitted, font_for, is_plain, length
from virgil_nb.widget.still.lines import one_line

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw as Drawing


class Pen:
    """Draws in document coordinates onto an image that shows them from (left, top) on, `scale` pixels each."""

    def __init__(self, image: Image, left: float, top: float, scale: float) -> None:
        from PIL import ImageDraw

        self.image = image
        self.draw: Drawing = ImageDraw.Draw(image)
        self.left, self.top, self.scale = left, top, scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def box(
        self, x: float, y: float, w: float, h: float, radius: float, fill: str | None, line: str | None = None, width: float = 1
    ) -> None:
        corners = (*self.at(x, y), *self.at(x + w, y + h))
        self.draw.rounded_rectangle(corners, radius * self.scale, fill, line, max(1, round(width * self.scale)))

    def text(
        self, x: float, y: float, text: str, size: float, colour: str, width: float, *, right: bool = False, bold: bool = False
    ) -> None:
        """One line, centred on y, starting (or with `right` ending) at x; cut to `width` with an ellipsis."""
        text = fitted(text, size, width)
        font = font_for(size * self.scale, is_plain(text))
        anchor = "rm" if right else "lm"
        stroke = 0.2 * self.scale if bold else 0
        self.draw.text(self.at(x, y), text, colour, font, anchor, stroke_width=stroke, stroke_fill=colour)

    def dots(self) -> None:
        x0, y0 = math.ceil(self.left / 20) * 20, math.ceil(self.top / 20) * 20
        right, bottom = self.left + self.image.width / self.scale, self.top + self.image.height / self.scale
        for x in range(x0, math.ceil(right), 20):
            for y in range(y0, math.ceil(bottom), 20):
                px, py = self.at(x, y)
                self.draw.rectangle((px, py, px + 1, py + 1), DOTS)

    def link(self, source: Box, target: Box, out: Socket | None, into: Socket | None) -> None:
        x1, y1 = source.x + source.width, source.y + (out.y if out else HEADER / 2)
        x2, y2 = target.x, target.y + (into.y if into else HEADER / 2)
        handle = min(max(math.hypot(x2 - x1, y2 - y1) / 2, 34.0), 160.0)
        steps = 40
        points = []
        for step in range(steps + 1):
            t = step / steps
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            points.append(self.at(a * x1 + b * (x1 + handle) + c * (x2 - handle) + d * x2, a * y1 + b * y1 + c * y2 + d * y2))
        colour = colour_of(out.type) if out else PLAIN
        self.draw.line(points, CANVAS, max(2, round(5 * self.scale)), joint="curve")
        self.draw.line(points, colour, max(1, round(2 * self.scale)), joint="curve")

    def frame(self, frame: FrameJSON) -> None:
        x, y, w, h = frame["box"]
        tint = frame.get("colour") or TEXT
        self.box(x, y, w, h, 10, mixed(tint, CANVAS, 0.12 if frame.get("colour") else 0.05), mixed(tint, CANVAS, 0.2))
        self.text(x + 12, y + HEADER / 2, one_line(frame["title"]), 12.5, TEXT, w - 24, bold=True)

    def node(self, box: Box, pictures: Sequence[Image]) -> None:
        off = box.mode != "on"
        edge = ERROR if box.failed else AMBER if box.status == "missing" else LINE_COLOUR
        self.box(box.x, box.y, box.width, box.height, 10, CANVAS if off else SURFACE, edge)
        if box.colour:
            corners = (*self.at(box.x + 1, box.y + 1), *self.at(box.x + box.width - 1, box.y + HEADER))
            self.draw.rounded_rectangle(corners, 9 * self.scale, mixed(box.colour, SURFACE, 0.1), corners=(True, True, False, False))
        ink = TEXT_2 if off else TEXT
        taken = length(box.status, 11) + 8 if box.status else 0.0
        self.text(box.x + 12, box.y + HEADER / 2, box.title, 13, ink, box.width - 24 - taken, bold=True)
        status = ERROR if box.failed else TEXT_2
        self.text(box.x + box.width - 10, box.y + HEADER / 2, box.status, 11, status, box.width / 2, right=True)
        for field in box.fields:
            self.field(box, field, ink)
        for socket in box.sockets:
            self.socket(box, socket)
        for frame in box.frames:
            x, y, w, h = frame.box
            self.picture(pictures[frame.index], box.x + x, box.y + y, w, h)
        if box.caption:
            self.text(box.x + 12, box.y + box.height - CAPTION / 2 - 2, box.caption, 11, TEXT_2, box.width - 24)
        if box.more:
            bottom = max(field.box[1] + field.box[3] for field in box.fields)
            self.text(box.x + 14, box.y + bottom + CAPTION / 2, box.more, 11, TEXT_2, box.width - 28)

    def dot(self, box: Box) -> None:
        x, y = self.at(box.x, box.y)
        self.draw.ellipse((x - 4 * self.scale, y - 4 * self.scale, x + 4 * self.scale, y + 4 * self.scale), colour_of(box.sockets[0].type))

    def field(self, box: Box, field: Field, ink: str) -> None:
        x, y, w, h = field.box
        x, y = box.x + x, box.y + y
        self.box(x, y, w, h, 6, FIELD_FILL)
        if field.text:
            for row, line in enumerate(field.lines):
                self.text(x + INSET, y + 6 + LINE * (row + 0.5), line, 12, ink, w - 2 * INSET)
            return
        label = min(length(field.label, 12), w * 0.55)
        self.text(x + INSET, y + h / 2, field.label, 12, TEXT_2, label + 1)
        self.text(x + w - INSET, y + h / 2, field.lines[0], 12, ink, w - 3 * INSET - label, right=True)

    def socket(self, box: Box, socket: Socket) -> None:
        x, y = box.x + (0.0 if socket.left else box.width), box.y + socket.y
        self.glyph(socket.type, x, y)
        if socket.labelled:
            side = 12 if socket.left else -12
            self.text(x + side, y, socket.name.lower(), 12, TEXT_2, box.width / 2 - 16, right=not socket.left)

    def glyph(self, type_: str, x: float, y: float) -> None:
        shape, fill = SHAPES.get(type_, ("circle", "open") if colour_of(type_) == PLAIN else ("hexagon", "open"))
        colour, r = colour_of(type_), 5.0 if shape in ("circle", "diamond", "hexagon") else 4.2
        line = max(1, round(2 * self.scale))
        points = _outline(shape, r)
        outer = [self.at(x + px, y + py) for px, py in points]
        self.draw.polygon(outer, colour if fill == "full" else SURFACE, colour, line)
        if fill == "half":
            self.draw.polygon([self.at(x + min(px, 0.0), y + py) for px, py in points], colour)
        if fill == "dot":
            self.draw.polygon([self.at(x + px * 0.4, y + py * 0.4) for px, py in points], colour)

    def picture(self, picture: Image, x: float, y: float, w: float, h: float) -> None:
        from PIL import Image, ImageDraw

        (left, top), size = self.at(x, y), (max(1, round(w * self.scale)), max(1, round(h * self.scale)))
        fitted = picture.convert("RGB")
        ratio = min(size[0] / fitted.width, size[1] / fitted.height)
        fitted = fitted.resize((max(1, round(fitted.width * ratio)), max(1, round(fitted.height * ratio))), Image.Resampling.LANCZOS)
        mask = Image.new("L", fitted.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, fitted.width - 1, fitted.height - 1), 7 * self.scale, 255)
        offset = round(left + (size[0] - fitted.width) / 2), round(top + (size[1] - fitted.height) / 2)
        self.image.paste(fitted, offset, mask)

    def tile(self, box: Box, pictures: Sequence[Image]) -> None:
        """A node seen from far: its picture, or a plain tile."""
        out = next((socket for socket in box.sockets if not socket.left), None)
        self.box(box.x, box.y, box.width, box.height, 10, SURFACE, colour_of(out.type) if out else LINE_COLOUR, 2)
        if pictures:
            self.picture(pictures[0], box.x + 4, box.y + 4, box.width - 8, box.height - 8)


@cache
def _outline(shape: str, r: float) -> list[tuple[float, float]]:
    if shape == "square":
        return [(-r, -r), (r, -r), (r, r), (-r, r)]
    if shape == "triangle":
        return [(-r * 0.8, -r), (r, 0.0), (-r * 0.8, r)]
    corners = {"diamond": 4, "hexagon": 6}.get(shape, 32)
    return [(r * math.cos(2 * math.pi * i / corners), r * math.sin(2 * math.pi * i / corners)) for i in range(corners)]
