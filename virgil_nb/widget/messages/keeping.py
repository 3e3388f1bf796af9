"""What is kept of a workbench beside its notebook."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

Side: TypeAlias = Literal["panel", "graph"]


class RestorableJSON(TypedDict):
    """Edits that were made in the widget before, and that what the cell shows now lacks. `saved`: when, ISO 8601."""

    edits: int
    saved: str


class KeepingJSON(TypedDict):
    """Whether edits are kept, where, and what can be brought back.

    state: "kept"; "off" (`text` says why); "copy": another kernel holds this workbench, and edits here are kept under a name of their own.
    replayed: how many kept edits were made again when this workbench was made. id: the same for all widgets that are this workbench.
    """

    state: Literal["kept", "off", "copy"]
    text: str
    id: NotRequired[str]
    replayed: NotRequired[int]
    restorable: NotRequired[RestorableJSON]
