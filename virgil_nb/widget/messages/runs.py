"""Faults, runs, their pictures and what they leave behind."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict


class ProblemJSON(TypedDict):
    """One fault of the document: the node and input it belongs to, and a sentence that says what to do."""

    node: str | None
    input: str | None
    kind: str
    message: str


RunState: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
NodeRunState: TypeAlias = Literal["idle", "queued", "running", "cached", "done", "error", "waiting", "stopped"]
NoteLevel: TypeAlias = Literal["info", "warning", "error"]


class NoteJSON(TypedDict):
    """A sentence that a node has to say about its run."""

    level: NoteLevel
    text: str


class ErrorJSON(TypedDict):
    """Why a node failed: a short title, what happened, and the traceback's lines, outermost call first."""

    title: str
    message: str
    traceback: list[str]


class NodeStateJSON(TypedDict):
    """How far one node is. In a `nodes` message it replaces what was known of that node."""

    state: NodeRunState
    value: NotRequired[float]
    max: NotRequired[float]
    seconds: NotRequired[float]
    error: NotRequired[ErrorJSON]
    notes: NotRequired[list[NoteJSON]]


class RunJSON(TypedDict):
    """How far a run is. `position`: place in the queue, 0 is next; `total`, `finished`: nodes.

    `queued`: runs of this workbench that wait behind it; `remaining`: seconds left by estimate, left out while nothing is known.
    """

    id: str
    state: RunState
    position: NotRequired[int]
    seconds: NotRequired[float]
    message: NotRequired[str]
    total: NotRequired[int]
    finished: NotRequired[int]
    queued: NotRequired[int]
    remaining: NotRequired[float]


class ImageJSON(TypedDict):
    """One picture of an `images` message; its bytes are the buffer of the same index."""

    width: int
    height: int
    format: Literal["webp", "png", "jpeg"]
    filename: NotRequired[str]


class LogLineJSON(TypedDict):
    """Lines that a node printed or said in a run. `node`: its id, null for the engine's own words."""

    run: str
    node: str | None
    level: Literal["print", "info", "warning", "error"]
    text: str


class HistoryItemJSON(TypedDict):
    """A run that is over, newest first in lists. `changed`: what differs from the run before it ("seed 7 → 8"), in words.

    settings: what was on the panel ("a red fox", "20 steps"), in words.
    pictures: how many thumbnails of it are among the message's buffers, which follow the items' order. current: its document is the
    present one.
    """

    run: str
    when: str
    state: RunState
    seconds: float
    title: str
    changed: list[str]
    settings: NotRequired[list[str]]
    pictures: int
    current: NotRequired[bool]
