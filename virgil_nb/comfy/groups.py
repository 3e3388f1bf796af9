"""ComfyUI's groups are our frames.

    {"id": 1, "title": "Sampling", "bounding": [0, 0, 400, 300], "color": "#3f789e", "font_size": 24, "flags": {}}

What a frame has no word for (font size, flags) is kept in the document's `extra["comfyui"]["frames"]` under the frame's id; a group that
makes no sense stays under `groups`, as it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from virgil_nb.comfy.colours import OWN, colour_in
from virgil_nb.engine import Frame

PLAIN: Final = "#3f789e"  # the colour that every new group has there, which therefore says nothing
_READ: Final = frozenset({"id", "title", "bounding", OWN})


def read_groups(groups: object) -> tuple[dict[str, Frame], dict[str, Any], list[object]]:
    """(frames by id, what they have no word for by id, groups that make no sense) of the groups of a file."""
    frames: dict[str, Frame] = {}
    rest: dict[str, Any] = {}
    left: list[object] = []
    good: list[tuple[Mapping[str, Any], tuple[float, float, float, float]]] = []
    for group in groups if isinstance(groups, list) else []:
        box = _box(group.get("bounding")) if isinstance(group, Mapping) else None
        if box is None:
            left.append(group)
        else:
            good.append((group, box))
    taken = {_id(group) for group, _ in good}
    for group, box in good:
        key = _id(group)
        if not key or key in frames:
            key = next(str(number) for number in range(1, len(good) + len(taken) + 2) if str(number) not in taken)
            taken.add(key)
        own = group.get(OWN)
        chosen = isinstance(own, Mapping) and own.get("colour") == PLAIN
        colour = colour_in(group.get("color"))
        title = group.get("title")
        plain = colour == PLAIN and not chosen
        frames[key] = Frame(title if isinstance(title, str) else "", box, None if plain else colour)
        more = {name: value for name, value in group.items() if name not in _READ and (name != "color" or colour is None)}
        if more:
            rest[key] = more
    return frames, rest, left


def write_groups(frames: Mapping[str, Frame], rest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The groups of frames; `rest` as `read_groups` gave it."""
    numbers = {key: int(key) for key in frames if key.isascii() and key.isdigit() and str(int(key)) == key}
    above = max(numbers.values(), default=0)
    written = []
    for key, frame in frames.items():
        own: dict[str, Any] = {}
        if key not in numbers:
            above += 1
            numbers[key], own["id"] = above, key
        if frame.colour == PLAIN:
            own["colour"] = PLAIN
        group = {"id": numbers[key], "title": frame.title, "bounding": list(frame.box), "color": frame.colour or PLAIN, **rest.get(key, {})}
        if frame.colour is not None:
            group["color"] = frame.colour
        written.append({**group, **({OWN: own} if own else {})})
    return written


def _id(group: Mapping[str, Any]) -> str:
    own = group.get(OWN)
    found = own.get("id", group.get("id")) if isinstance(own, Mapping) else group.get("id")
    return str(found) if isinstance(found, (int, str)) and not isinstance(found, bool) else ""


def _box(bounding: object) -> tuple[float, float, float, float] | None:
    """x, y, width, height; a group that was drawn from right to left is turned round."""
    if not isinstance(bounding, (list, tuple)) or len(bounding) != 4:
        return None
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one) for one in bounding):
        return None
    x, y, width, height = (float(one) for one in bounding)
    return min(x, x + width), min(y, y + height), abs(width), abs(height)
