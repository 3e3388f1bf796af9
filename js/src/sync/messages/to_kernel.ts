// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/to_kernel.py: change it there.
// What a view asks of the kernel.

import type { Op } from "./edits";
import type { Side } from "./keeping";

export type ToKernel =
  | Ready
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
  | AskEditor;

/** A view wants the whole state: it was just drawn, or it lost track. */
export interface Ready {
  kind: "ready";
  view: string;
  protocol: number;
}

/** Edits made in a view, applied as one step. Edits that follow each other with the same `merge` are undone together. */
export interface Edit {
  kind: "edit";
  view: string;
  seq: number;
  base: number;
  ops: Op[];
  merge?: string;
}

/** Takes back the newest edit, whoever made it. */
export interface Undo {
  kind: "undo";
  view: string;
  seq: number;
}

/** Brings back what `undo` took. */
export interface Redo {
  kind: "redo";
  view: string;
  seq: number;
}

/** Runs the document as it is now: these nodes and what they need, or every output node. */
export interface Run {
  kind: "run";
  view: string;
  outputs?: string[];
}

/** Stops what the workbench runs and drops what it queued. */
export interface Stop {
  kind: "stop";
  view: string;
}

/** A preview is on the screen; the next may come. */
export interface Ack {
  kind: "ack";
  view: string;
  node: string;
  frame: number;
}

/** A view was closed. With no view left, the kernel makes no previews. */
export interface Bye {
  kind: "bye";
  view: string;
}

/** A piece of a file, at most 1 MiB of it in base64, pieces in order; the next is sent when `uploaded` answers. `upload`: an id that the view chose; `name`: the file's own name; `size`, `offset`: bytes. `use`: a picture for an input (when left out), or a workflow that an `open` is to follow for; that one is written nowhere. */
export interface Upload {
  kind: "upload";
  view: string;
  upload: string;
  name: string;
  size: number;
  offset: number;
  data: string;
  use?: "input" | "workflow";
}

/** The answer to a banner: "edits" makes the kept edits again, as one undoable step; "forget" drops them. */
export interface Restore {
  kind: "restore";
  view: string;
  take: "edits" | "forget";
}

/** Asks for runs that are over, newest first, from before run `before` on. */
export interface AskHistory {
  kind: "ask_history";
  view: string;
  before?: string;
}

/** Takes the values of an earlier run into the document ("values"), or its whole document ("workflow"), undoably. */
export interface UseRun {
  kind: "use_run";
  view: string;
  run: string;
  take: "values" | "workflow";
}

/** Asks for the workflow as text: Python (of `nodes` alone, if given), our file, or ComfyUI's; as it was in `run`, if given. Or for the name that code in this notebook has for the workbench ("wb") or its workflow ("wf"). */
export interface AskText {
  kind: "ask_text";
  view: string;
  format: "python" | "virgil_nb" | "comfyui-ui" | "comfyui-api" | "wb" | "wf";
  nodes?: string[];
  run?: string;
}

/** Opens a file that was uploaded whole before (`upload`), or text from the clipboard, in place of the document, undoably. */
export interface Open {
  kind: "open";
  view: string;
  upload?: string;
  text?: string;
}

/** Asks what files of a folder are ("input", "checkpoints", …): size, and of pictures a thumbnail, or with `large` the picture. */
export interface AskFiles {
  kind: "ask_files";
  view: string;
  folder: string;
  names: string[];
  large?: boolean;
}

/** Someone turned to the other side of the workbench: views that open from now on show that one first. */
export interface Turn {
  kind: "turn";
  view: string;
  side: Side;
}

/** Asks for the editor itself; what the notebook stores is only what asks. */
export interface AskEditor {
  kind: "ask_editor";
  view: string;
}
