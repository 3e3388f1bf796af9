"""What a view asks of the kernel."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from virgil_nb.widget.messages.edits import Op
from virgil_nb.widget.messages.keeping import Side


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
    """Asks for the workflow as text: Python (of `nodes` alone, if given), our file, or ComfyUI's; as it was in `run`, if given.

    Or for the name that code in this notebook has for the workbench ("wb") or its workflow ("wf").
    """

    kind: Literal["ask_text"]
    view: str
    format: Literal["python", "virgil_nb", "comfyui-ui", "comfyui-api", "wb", "wf"]
    nodes: NotRequired[list[str]]
    run: NotRequired[str]


class Open(TypedDict):
    """Opens a file that was uploaded whole before (`upload`), or text from the clipboard, in place of the document, undoably."""

    kind: Literal["open"]
    view: str
    upload: NotRequired[str]
    text: NotRequired[str]


class AskFiles(TypedDict):
    """Asks what files of a folder are ("input", "checkpoints", …): size, and of pictures a thumbnail, or with `large` the picture."""

    kind: Literal["ask_files"]
    view: str
    folder: str
    names: list[str]
    large: NotRequired[bool]


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
    Ready
    | Edit
    | Undo
    | Redo
    | Run
    | Stop
    | Ack
    | Bye
    | Upload
    | Restore
    | AskHistory
    | UseRun
    | AskText
    | Open
    | AskFiles
    | Turn
    | AskEditor
)
