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
Side: TypeAlias = Literal["panel", "graph"]


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
    colour: NotRequired[str | None]
    folded: NotRequired[bool]
    extra: NotRequired[dict[str, JsonValue]]


class FrameJSON(TypedDict):
    """A titled box behind nodes; what lies wholly inside moves with it. `box`: x, y, width, height, in pixels at 100 %."""

    title: str
    box: tuple[float, float, float, float]
    colour: NotRequired[str | None]


class PanelItemJSON(TypedDict):
    """An input that is shown on the panel, under a name of its own or the input's."""

    node: str
    input: str
    label: NotRequired[str | None]


class DocumentJSON(TypedDict):
    """A whole workflow. `nodes` is a list because objects in JavaScript put integer-like keys first.

    `panel`: the inputs on the panel, in order; null or left out: nobody chose, so the editor does.
    """

    format: Literal["virgil_nb"]
    version: int
    name: str
    nodes: list[NodeJSON]
    frames: NotRequired[dict[str, FrameJSON]]
    panel: NotRequired[list[PanelItemJSON] | None]
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


class ColourOp(TypedDict):
    """Tints a node, "#rrggbb"; null: plain again."""

    op: Literal["colour"]
    id: str
    colour: str | None


class FoldOp(TypedDict):
    """Folds a node to its header, or opens it again."""

    op: Literal["fold"]
    id: str
    folded: bool


class FrameOp(TypedDict):
    """Puts a frame there, or another in place of it; null: takes it away, and no node with it."""

    op: Literal["frame"]
    id: str
    frame: FrameJSON | None


class PanelOp(TypedDict):
    """Says which inputs are on the panel, all of them, in order; null: the editor chooses."""

    op: Literal["panel"]
    items: list[PanelItemJSON] | None


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
    | ColourOp
    | FoldOp
    | FrameOp
    | PanelOp
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


class Upload(TypedDict):
    """A piece of a file, at most 1 MiB of it in base64, pieces in order; the next is sent when `uploaded` answers.

    `upload`: an id that the view chose; `name`: the file's own name; `size`, `offset`: bytes. `use`: a picture for an input (when left
    out), or a workflow that an `open` is to follow for; that one is written nowhere.
    """

    kind: Literal["upload"]
    view: str
    upload: str
    name: str
    size: int
    offset: int
    data: str
    use: NotRequired[Literal["input", "workflow"]]


class Restore(TypedDict):
    """The answer to a banner: "edits" makes the kept edits again, as one undoable step; "forget" drops them."""

    kind: Literal["restore"]
    view: str
    take: Literal["edits", "forget"]


class AskHistory(TypedDict):
    """Asks for runs that are over, newest first, from before run `before` on."""

    kind: Literal["ask_history"]
    view: str
    before: NotRequired[str]


class UseRun(TypedDict):
    """Takes the values of an earlier run into the document ("values"), or its whole document ("workflow"), undoably."""

    kind: Literal["use_run"]
    view: str
    run: str
    take: Literal["values", "workflow"]


class AskText(TypedDict):
    """Asks for the workflow as text: Python (of `nodes` alone, if given), our file, or ComfyUI's."""

    kind: Literal["ask_text"]
    view: str
    format: Literal["python", "virgil_nb", "comfyui-ui", "comfyui-api"]
    nodes: NotRequired[list[str]]


class Open(TypedDict):
    """Opens a file that was uploaded whole before (`upload`), or text from the clipboard, in place of the document, undoably."""

    kind: Literal["open"]
    view: str
    upload: NotRequired[str]
    text: NotRequired[str]


class Turn(TypedDict):
    """Someone turned to the other side of the workbench: views that open from now on show that one first."""

    kind: Literal["turn"]
    view: str
    side: Side


class AskEditor(TypedDict):
    """Asks for the editor itself; what the notebook stores is only what asks."""

    kind: Literal["ask_editor"]
    view: str


ToKernel: TypeAlias = (
    Ready | Edit | Undo | Redo | Run | Stop | Ack | Bye | Upload | Restore | AskHistory | UseRun | AskText | Open | Turn | AskEditor
)


# --- kernel to browser -----------------------------------------------------------------------------------------------


class Snapshot(TypedDict):
    """The whole state, for view `view`, or for all of them if that is "*". Pictures follow as `images`.

    `static` is the id of the still picture that live views hide; `side` is what a view that opens shows first.
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
    format: Literal["python", "virgil_nb", "comfyui-ui", "comfyui-api"]
    filename: str
    text: str
    error: NotRequired[str]


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
    | EditorCode
)
