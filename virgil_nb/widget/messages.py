"""Every message between the editor in the browser and the workbench in the kernel, as types.

    browser ── ready, edit, undo, redo, run, stop, ack, bye ─────────────────────────▶ kernel
    browser ◀─ snapshot, applied, rejected, problems, specs, run, nodes, preview, … ── kernel

The document lives in the kernel. A view of it draws a `snapshot`, applies its own edits at once and sends them; the
kernel answers with what took effect (`applied`) or with why nothing did (`rejected`). `rev` counts the edits that took
effect since the kernel made the workbench: a view that sees a gap asks for a new snapshot by `ready`.

`js/src/sync/messages.ts` is generated from this page by `python -m virgil_nb.widget.typescript`. Parsing and sending are
not here: see parsing.py and workbench.py.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

PROTOCOL = 1
"""Changes when an old view could not understand a new kernel, or the other way round."""

MAX_MESSAGE_BYTES = 10 * 1024 * 1024
"""What one message from the browser may weigh; Tornado's default for a websocket message."""

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
NodeMode: TypeAlias = Literal["on", "muted", "bypassed"]
ControlMode: TypeAlias = Literal["fixed", "increment", "decrement", "randomize"]
Source: TypeAlias = tuple[str, int]


# --- the document ----------------------------------------------------------------------------------------------------


class NodeJSON(TypedDict):
    """One node of a document. `links` has [node id, output slot] per linked input; a linked input may keep a value too."""

    id: str
    type: str
    values: dict[str, JsonValue]
    links: dict[str, Source]
    title: NotRequired[str | None]
    position: NotRequired[tuple[float, float] | None]
    size: NotRequired[tuple[float, float] | None]
    mode: NotRequired[NodeMode]
    control: NotRequired[dict[str, ControlMode]]
    extra: NotRequired[dict[str, JsonValue]]


class DocumentJSON(TypedDict):
    """A whole workflow. `nodes` is a list because objects in JavaScript put integer-like keys first."""

    format: Literal["virgil_nb"]
    version: int
    name: str
    nodes: list[NodeJSON]
    extra: NotRequired[dict[str, JsonValue]]


# --- edits -----------------------------------------------------------------------------------------------------------


class AddOp(TypedDict):
    """Puts a new node into the document, at the end or before place `index`."""

    op: Literal["add"]
    node: NodeJSON
    index: NotRequired[int]


class RemoveOp(TypedDict):
    """Takes a node out, and with it the links that came from it."""

    op: Literal["remove"]
    id: str


class SetOp(TypedDict):
    """Gives an input a value of its own."""

    op: Literal["set"]
    id: str
    input: str
    value: JsonValue


class UnsetOp(TypedDict):
    """Takes an input's own value away: its default holds again."""

    op: Literal["unset"]
    id: str
    input: str


class LinkOp(TypedDict):
    """Feeds an input from another node's output; an earlier link to that input is replaced."""

    op: Literal["link"]
    id: str
    input: str
    source: Source


class UnlinkOp(TypedDict):
    """Cuts the link that feeds an input."""

    op: Literal["unlink"]
    id: str
    input: str


class MoveOp(TypedDict):
    """Moves nodes to places on the canvas, in pixels at 100 %; null: wherever the editor puts a node that has no place."""

    op: Literal["move"]
    positions: dict[str, tuple[float, float] | None]


class ResizeOp(TypedDict):
    """Gives a node a size on the canvas, or with null the one it takes by itself."""

    op: Literal["resize"]
    id: str
    size: tuple[float, float] | None


class TitleOp(TypedDict):
    """Names a node; null: its type's name."""

    op: Literal["title"]
    id: str
    title: str | None


class ModeOp(TypedDict):
    """Switches a node on, muted or bypassed."""

    op: Literal["mode"]
    id: str
    mode: NodeMode


class ControlOp(TypedDict):
    """What happens to an input's value when a run is queued; null: nothing was said."""

    op: Literal["control"]
    id: str
    input: str
    control: ControlMode | None


class RenameOp(TypedDict):
    """Names the workflow."""

    op: Literal["rename"]
    name: str


class BatchOp(TypedDict):
    """Several edits as one: all of them or none."""

    op: Literal["batch"]
    ops: list[Op]


class DocumentOp(TypedDict):
    """Puts a whole other document in place of this one. A view gets it as a `snapshot` for view "*", never as an op."""

    op: Literal["document"]
    document: DocumentJSON


Op: TypeAlias = (
    AddOp
    | RemoveOp
    | SetOp
    | UnsetOp
    | LinkOp
    | UnlinkOp
    | MoveOp
    | ResizeOp
    | TitleOp
    | ModeOp
    | ControlOp
    | RenameOp
    | BatchOp
    | DocumentOp
)


# --- node specs ------------------------------------------------------------------------------------------------------


class InputSpecJSON(TypedDict):
    """One input of a node type. `widget`: it has a field on the node, so it need not be linked."""

    name: str
    type: str
    required: bool
    widget: bool
    default: NotRequired[JsonValue]
    min: NotRequired[float]
    max: NotRequired[float]
    step: NotRequired[float]
    round: NotRequired[float]
    choices: NotRequired[list[str | float | bool]]
    multiline: NotRequired[bool]
    dynamic_prompts: NotRequired[bool]
    lazy: NotRequired[bool]
    control_after_generate: NotRequired[bool]
    image_upload: NotRequired[bool]
    tooltip: NotRequired[str]


class OutputSpecJSON(TypedDict):
    """One output of a node type."""

    name: str
    type: str
    is_list: NotRequired[bool]
    tooltip: NotRequired[str]


class SpecJSON(TypedDict):
    """A node type: what the palette lists and what a node is drawn from."""

    type: str
    display_name: str
    category: str
    description: str
    output_node: bool
    inputs: list[InputSpecJSON]
    outputs: list[OutputSpecJSON]


# --- problems and runs -----------------------------------------------------------------------------------------------


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
    """How far a run is. `position`: place in the queue, 0 is next; `total`, `finished`: nodes."""

    id: str
    state: RunState
    position: NotRequired[int]
    seconds: NotRequired[float]
    message: NotRequired[str]
    total: NotRequired[int]
    finished: NotRequired[int]


class ImageJSON(TypedDict):
    """One picture of an `images` message; its bytes are the buffer of the same index."""

    width: int
    height: int
    format: Literal["webp", "png", "jpeg"]
    filename: NotRequired[str]


class KernelJSON(TypedDict):
    """What runs at the other end."""

    python: str
    version: str


# --- browser to kernel -----------------------------------------------------------------------------------------------


class Ready(TypedDict):
    """A view wants the whole state: it was just drawn, or it lost track."""

    kind: Literal["ready"]
    view: str
    protocol: int


class Edit(TypedDict):
    """Edits made in a view, applied as one step. Edits that follow each other with the same `merge` are undone together."""

    kind: Literal["edit"]
    view: str
    seq: int
    base: int
    ops: list[Op]
    merge: NotRequired[str]


class Undo(TypedDict):
    """Takes back the newest edit, whoever made it."""

    kind: Literal["undo"]
    view: str
    seq: int


class Redo(TypedDict):
    """Brings back what `undo` took."""

    kind: Literal["redo"]
    view: str
    seq: int


class Run(TypedDict):
    """Runs the document as it is now: these nodes and what they need, or every output node."""

    kind: Literal["run"]
    view: str
    outputs: NotRequired[list[str]]


class Stop(TypedDict):
    """Stops what the workbench runs and drops what it queued."""

    kind: Literal["stop"]
    view: str


class Ack(TypedDict):
    """A preview is on the screen; the next may come."""

    kind: Literal["ack"]
    view: str
    node: str
    frame: int


class Bye(TypedDict):
    """A view was closed. With no view left, the kernel makes no previews."""

    kind: Literal["bye"]
    view: str


ToKernel: TypeAlias = Ready | Edit | Undo | Redo | Run | Stop | Ack | Bye


# --- kernel to browser -----------------------------------------------------------------------------------------------


class Snapshot(TypedDict):
    """The whole state, for view `view`, or for all of them if that is "*". Pictures follow as `images`.

    `static` is the id of the still picture that live views hide.
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


ToBrowser: TypeAlias = Snapshot | Applied | Rejected | Problems | Specs | RunStatus | Nodes | Preview | Images | Notice
