"""`Items`: several values on one wire. A node that takes one value runs once for each.

[a, b, c] ─▶ image ┐
                   ├ three calls: (a, 1), (b, 2), (c, 2): a list that is shorter repeats its last item, a plain value is repeated
[1, 2] ────▶ step  ┘
"""

from __future__ import annotations

from typing import Any


class Items(tuple[Any, ...]):
    """The values of a list on a wire, in order. A list of Python's own is one value; this is several."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Items({list(self)!r})"
