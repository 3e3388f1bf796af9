"""`PanelItem`: an input that is shown on the panel, the simple view of a workflow. A document's panel is a tuple of them, or None.

None says that nobody chose: the editor shows what it thinks matters. An empty panel was chosen to be empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from virgil_nb.engine.documents.frame import read_fields
from virgil_nb.engine.errors import DocumentError
from virgil_nb.engine.json_values import shown


@dataclass(frozen=True, slots=True)
class PanelItem:
    """One input on the panel, under a name of its own, or (None) the input's."""

    node: str
    input: str
    label: str | None = None

    def __post_init__(self) -> None:
        for name in ("node", "input"):
            value = getattr(self, name)
            if type(value) is not str or not value:
                raise DocumentError(f"the {name} of a panel's item is {shown(value)}; it must be a text that is not empty")
        if self.label is not None and type(self.label) is not str:
            raise DocumentError(f"the label of the panel's {self.node}.{self.input} is {shown(self.label)}; it must be a text or null")

    def to_json(self) -> dict[str, object]:
        """The item as fresh JSON values; no label is left out."""
        data: dict[str, object] = {"node": self.node, "input": self.input}
        if self.label is not None:
            data["label"] = self.label
        return data

    @classmethod
    def from_json(cls, data: object) -> PanelItem:
        """The item that `data` describes. Raises DocumentError."""
        if isinstance(data, PanelItem):
            return data
        return cls(**read_fields(data, "an item of the panel", required=("node", "input"), optional=("label",)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (PanelItem.from_json, (self.to_json(),))


def read_panel(data: object) -> tuple[PanelItem, ...] | None:
    """The panel that `data` describes. Raises DocumentError, also if an input is on it twice."""
    if data is None:
        return None
    if not isinstance(data, (list, tuple)):
        raise DocumentError(f"the panel is {shown(data)}; it must be a list of inputs, or null")
    items = tuple(PanelItem.from_json(item) for item in data)
    seen: set[tuple[str, str]] = set()
    for item in items:
        if (item.node, item.input) in seen:
            raise DocumentError(f"the panel has {item.node}.{item.input} twice; once is enough")
        seen.add((item.node, item.input))
    return items


def without_node(panel: tuple[PanelItem, ...] | None, node: str) -> tuple[PanelItem, ...] | None:
    """The panel without the inputs of `node`; the same object if it has none of them."""
    if panel is None or all(item.node != node for item in panel):
        return panel
    return tuple(item for item in panel if item.node != node)


def panel_json(panel: Iterable[PanelItem] | None) -> list[dict[str, object]] | None:
    """The panel as fresh JSON values."""
    return None if panel is None else [item.to_json() for item in panel]
