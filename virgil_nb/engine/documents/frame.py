"""`Frame`: a titled box behind nodes. It runs nothing and owns no node; what lies wholly inside it moves with it in the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from virgil_nb.engine.errors import DocumentError
from virgil_nb.engine.json_values import read_floats, shown

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Frame:
    """box: x, y, width, height in pixels at 100 %; colour: "#rrggbb" or None."""

    title: str
    box: tuple[float, float, float, float]
    colour: str | None = None

    def __post_init__(self) -> None:
        place = f"frame {shown(self.title)}"
        if type(self.title) is not str:
            raise DocumentError(f"a frame's title is {shown(self.title)}; it must be a text")
        x, y, width, height = read_floats(self.box, 4, f"{place}, box")
        if width < 0 or height < 0:
            raise DocumentError(f"{place}: its box is {width} wide and {height} high; neither may be negative")
        object.__setattr__(self, "box", (x, y, width, height))
        object.__setattr__(self, "colour", read_colour(self.colour, place))

    def to_json(self) -> dict[str, object]:
        """The frame as fresh JSON values; no colour is left out."""
        data: dict[str, object] = {"title": self.title, "box": list(self.box)}
        if self.colour is not None:
            data["colour"] = self.colour
        return data

    @classmethod
    def from_json(cls, data: object) -> Frame:
        """The frame that `data` describes. Raises DocumentError."""
        if isinstance(data, Frame):
            return data
        return cls(**read_fields(data, "a frame", required=("title", "box"), optional=("colour",)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Frame.from_json, (self.to_json(),))


def read_colour(value: object, place: str) -> str | None:
    """A colour "#rrggbb", or None. Raises DocumentError, naming `place`."""
    if value is None or (type(value) is str and _COLOUR.fullmatch(value)):
        return value
    raise DocumentError(f"{place}: its colour is {shown(value)}; it must be like '#2a363b', or null")


def read_fields(data: object, what: str, *, required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a small object. Raises DocumentError if it is none, lacks one, or has another; `what` names it ("a frame")."""
    wanted = ", ".join((*required, *optional))
    if not isinstance(data, Mapping):
        raise DocumentError(f"{what} is {shown(data)}; it must be an object with {wanted}")
    for name in required:
        if name not in data:
            raise DocumentError(f"{what} has no {name}; it needs {', '.join(required)}")
    for key in data:
        if key not in required and key not in optional:
            raise DocumentError(f"{what} has {shown(key)}, which it doesn't know; it takes {wanted}")
    return dict(data)
