"""What happens in a run, as frozen events in order: `seq` counts from 0 within `run_id`.

    RunQueued → [RunMoved]* → RunStarted → [NodesCached]
      → per node: NodeStarted → [NodeProgress, NodePreview, NodeNote, NodePrinted, NodesAdded]* → [NodeOutput]
        → NodeFinished or NodeFailed
      → RunFinished

An output node that is served from the cache has NodeOutput (and its notes) without NodeStarted. RunFinished is always the last.
A preview or a RunMoved that was overtaken before anyone read it may be missing from `Run.events()`, so seq may have gaps there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

RunState = Literal["queued", "running", "done", "failed", "cancelled"]
Level = Literal["info", "warning"]


@dataclass(frozen=True, slots=True)
class Event:
    """What all events have."""

    run_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class RunQueued(Event):
    """The run waits; position: how many are before it, the one that runs now included; nodes: all that are needed, in order."""

    position: int
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunMoved(Event):
    """The run still waits, and another number of runs is before it now. Only runs with listeners or readers are told."""

    position: int


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """The run begins; nodes: all that are needed, in the order in which they run or are served."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodesCached(Event):
    """Nodes that are needed and do not have to run."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodesAdded(Event):
    """`node` was expanded. nodes: the ids of what is computed in its place, each with the id of the workflow's node that shows it."""

    node: str
    nodes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NodeStarted(Event):
    node: str


@dataclass(frozen=True, slots=True)
class NodeProgress(Event):
    node: str
    value: float
    maximum: float


@dataclass(frozen=True, slots=True)
class NodePreview(Event):
    """A picture of the unfinished result. `picture()` makes it, on the thread of who asks."""

    node: str
    picture: Callable[[], Any]
    step: int | None


@dataclass(frozen=True, slots=True)
class NodeNote(Event):
    """Something that the node wants to be read; it comes again when the node is served from the cache."""

    node: str
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class NodePrinted(Event):
    """Lines that the node printed, without the last line's end. It is not kept with the result."""

    node: str
    text: str
    stream: Literal["stdout", "stderr"]


@dataclass(frozen=True, slots=True)
class NodeOutput(Event):
    """What an output node shows, such as {"images": […]}."""

    node: str
    ui: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NodeFinished(Event):
    node: str
    seconds: float


@dataclass(frozen=True, slots=True)
class NodeFailed(Event):
    """The node raised. traceback_lines: without the engine's own frames. is_user_code: it was raised in code outside the package."""

    node: str
    message: str
    exception_type: str
    traceback_lines: tuple[str, ...]
    is_user_code: bool


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    state: RunState
    seconds: float
