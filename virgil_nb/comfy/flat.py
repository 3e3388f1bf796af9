"""`Flat`: a ComfyUI workflow as its server would see it: boxes, and where each of their inputs comes from.

What an input is fed by is looked up through one table of detours: (node, slot) that gives nothing itself → where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from virgil_nb.comfy.native_reroutes import REROUTE


@dataclass(frozen=True)
class Source:
    """An output slot of a node, by its flattened id."""

    node: str
    slot: int


@dataclass(frozen=True)
class Constant:
    """A value that a link brings, from a primitive node or a field of a subgraph's instance."""

    value: object


Feed = Source | Constant | None


@dataclass
class Box:
    """One node that ComfyUI's server would see. feeds: by input name; overrides: field values set on a subgraph's instance."""

    id: str
    data: Mapping[str, Any]
    muted: bool = False
    feeds: dict[str, Feed] = field(default_factory=dict)
    overrides: dict[str, object] = field(default_factory=dict)


@dataclass
class Flat:
    """The boxes in file order, and the notes, which are kept as they are.

    reroutes: whether they are boxes, too. points: the reroutes of the newer kind that have become boxes.
    """

    reroutes: bool = False
    boxes: list[Box] = field(default_factory=list)
    notes: list[Mapping[str, Any]] = field(default_factory=list)
    detours: dict[Source, Feed] = field(default_factory=dict)
    points: set[int] = field(default_factory=set)

    def feed(self, start: Feed) -> Feed:
        """Where `start` comes from in the end; None if it leads nowhere (or in a circle)."""
        seen: set[Source] = set()
        while isinstance(start, Source) and start in self.detours:
            if start in seen:
                return None
            seen.add(start)
            start = self.detours[start]
        return start


def resolve(flat: Flat) -> None:
    """Follows all detours. A reroute that a constant comes through is left out: only its ends say what the constant is."""
    while True:
        for box in flat.boxes:
            box.feeds = {name: flat.feed(feed) for name, feed in box.feeds.items()}
        constant = {box.id: box for box in flat.boxes if box.data.get("type") == REROUTE and isinstance(box.feeds.get(""), Constant)}
        if not constant:
            return
        flat.detours.update({Source(key, 0): box.feeds[""] for key, box in constant.items()})
        flat.boxes = [box for box in flat.boxes if box.id not in constant]
