"""What the kernel tells the views."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from virgil_nb.widget.messages.document import DocumentJSON
from virgil_nb.widget.messages.edits import Op
from virgil_nb.widget.messages.keeping import KeepingJSON, Side
from virgil_nb.widget.messages.runs import HistoryItemJSON, ImageJSON, LogLineJSON, NodeStateJSON, NoteLevel, ProblemJSON, RunJSON
from virgil_nb.widget.messages.specs import SpecJSON


class KernelJSON(TypedDict):
    """What runs at the other end."""

    python: str
    version: str


class Snapshot(TypedDict):
    """The whole state, for view `view`, or for all of them if that is "*". Pictures follow as `images`.

    `static` is the id of the still picture that live views hide; `side` is what a view that opens shows first; `ran` is what `run` runs or
    ran, where that is another document than the present one.
    """

    kind: Literal["snapshot"]
    view: str
    protocol: int
    rev: int
    document: DocumentJSON
    specs: list[SpecJSON]
    can_undo: bool
    can_redo: bool
    problems: list[ProblemJSON]
    run: RunJSON | None
    nodes: dict[str, NodeStateJSON]
    title: str
    static: str
    kernel: KernelJSON
    side: NotRequired[Side]
    ran: NotRequired[DocumentJSON]
    keeping: NotRequired[KeepingJSON]
    log: NotRequired[list[LogLineJSON]]


class Applied(TypedDict):
    """Edits that took effect and made revision `rev`. `origin`, `seq`: the view's own request; null: Python did it."""

    kind: Literal["applied"]
    rev: int
    ops: list[Op]
    origin: str | None
    seq: int | None
    can_undo: bool
    can_redo: bool


class Rejected(TypedDict):
    """Nothing of a view's request `seq` took effect, and why. `seq` is null if it could not be read."""

    kind: Literal["rejected"]
    view: str
    seq: int | None
    message: str
    rev: int


class Problems(TypedDict):
    """All faults of revision `rev`."""

    kind: Literal["problems"]
    rev: int
    problems: list[ProblemJSON]


class Specs(TypedDict):
    """Node types that are new or changed; the others stay as they are."""

    kind: Literal["specs"]
    specs: list[SpecJSON]


class RunStatus(RunJSON):
    """A run was queued, has started, got further or ended."""

    kind: Literal["run"]


class Nodes(TypedDict):
    """What changed of the nodes' states since the last such message."""

    kind: Literal["nodes"]
    run: str
    nodes: dict[str, NodeStateJSON]


class Preview(TypedDict):
    """A guess at the picture while a node works, as one buffer. Answered by `ack`; until then no newer one comes."""

    kind: Literal["preview"]
    run: str
    node: str
    frame: int
    width: int
    height: int
    format: Literal["jpeg"]
    step: NotRequired[int]
    total: NotRequired[int]


class Images(TypedDict):
    """The finished pictures of an output node, one buffer each. `stale`: they come from an earlier run."""

    kind: Literal["images"]
    run: str
    node: str
    images: list[ImageJSON]
    stale: NotRequired[bool]


class Notice(TypedDict):
    """Something that belongs to no node."""

    kind: Literal["notice"]
    level: NoteLevel
    text: str


class Keeping(KeepingJSON):
    """How edits are kept has changed."""

    kind: Literal["keeping"]


class Log(TypedDict):
    """New lines of the log, at most a few times a second. `dropped`: lines before them that were too many to send."""

    kind: Literal["log"]
    lines: list[LogLineJSON]
    dropped: NotRequired[int]


class Uploaded(TypedDict):
    """A piece of an upload has come. `received`: bytes so far. `name`: what to set the input to, once all are here and good.

    `error`: why the upload ended without a file, in a sentence.
    """

    kind: Literal["uploaded"]
    view: str
    upload: str
    received: int
    name: NotRequired[str]
    error: NotRequired[str]


class History(TypedDict):
    """Runs that are over, for the view that asked, or for all ("*", when a run has ended: the newest alone). Buffers: thumbnails."""

    kind: Literal["history"]
    view: str
    items: list[HistoryItemJSON]
    more: bool


class Text(TypedDict):
    """The workflow as text, for the view that asked. `filename`: a name for it. `error`: why there is no text, in a sentence."""

    kind: Literal["text"]
    view: str
    format: Literal["python", "virgil_nb", "comfyui-ui", "comfyui-api", "wb", "wf"]
    filename: str
    text: str
    error: NotRequired[str]


class FileJSON(TypedDict):
    """A file: its size in bytes, and as a picture its own width and height."""

    name: str
    size: int
    width: NotRequired[int]
    height: NotRequired[int]


class Files(TypedDict):
    """What files are, for the view that asked; those that are not there are left out. Buffers: WebP of each that has a width."""

    kind: Literal["files"]
    view: str
    folder: str
    items: list[FileJSON]
    large: NotRequired[bool]


class EditorCode(TypedDict):
    """The editor, for whoever waits for it. Buffers: its ES module and its style sheet, in UTF-8."""

    kind: Literal["editor"]
    digest: str


ToBrowser: TypeAlias = (
    Snapshot
    | Applied
    | Rejected
    | Problems
    | Specs
    | RunStatus
    | Nodes
    | Preview
    | Images
    | Notice
    | Keeping
    | Log
    | Uploaded
    | History
    | Text
    | Files
    | EditorCode
)
