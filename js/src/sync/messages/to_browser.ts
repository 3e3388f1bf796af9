// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/to_browser.py: change it there.
// What the kernel tells the views.

import type { DocumentJSON } from "./document";
import type { Op } from "./edits";
import type { KeepingJSON, RestorableJSON, Side } from "./keeping";
import type { HistoryItemJSON, ImageJSON, LogLineJSON, NodeStateJSON, NoteLevel, ProblemJSON, RunJSON, RunState } from "./runs";
import type { SpecJSON } from "./specs";

export type ToBrowser =
  | Snapshot
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
  | EditorCode;

/** What runs at the other end. */
export interface KernelJSON {
  python: string;
  version: string;
}

/** The whole state, for view `view`, or for all of them if that is "*". Pictures follow as `images`. `static` is the id of the still picture that live views hide; `side` is what a view that opens shows first; `ran` is what `run` runs or ran, where that is another document than the present one. */
export interface Snapshot {
  kind: "snapshot";
  view: string;
  protocol: number;
  rev: number;
  document: DocumentJSON;
  specs: SpecJSON[];
  can_undo: boolean;
  can_redo: boolean;
  problems: ProblemJSON[];
  run: RunJSON | null;
  nodes: { [key: string]: NodeStateJSON };
  title: string;
  static: string;
  kernel: KernelJSON;
  side?: Side;
  ran?: DocumentJSON;
  keeping?: KeepingJSON;
  log?: LogLineJSON[];
}

/** Edits that took effect and made revision `rev`. `origin`, `seq`: the view's own request; null: Python did it. */
export interface Applied {
  kind: "applied";
  rev: number;
  ops: Op[];
  origin: string | null;
  seq: number | null;
  can_undo: boolean;
  can_redo: boolean;
}

/** Nothing of a view's request `seq` took effect, and why. `seq` is null if it could not be read. */
export interface Rejected {
  kind: "rejected";
  view: string;
  seq: number | null;
  message: string;
  rev: number;
}

/** All faults of revision `rev`. */
export interface Problems {
  kind: "problems";
  rev: number;
  problems: ProblemJSON[];
}

/** Node types that are new or changed; the others stay as they are. */
export interface Specs {
  kind: "specs";
  specs: SpecJSON[];
}

/** A run was queued, has started, got further or ended. */
export interface RunStatus {
  id: string;
  state: RunState;
  position?: number;
  seconds?: number;
  message?: string;
  total?: number;
  finished?: number;
  queued?: number;
  remaining?: number;
  kind: "run";
}

/** What changed of the nodes' states since the last such message. */
export interface Nodes {
  kind: "nodes";
  run: string;
  nodes: { [key: string]: NodeStateJSON };
}

/** A guess at the picture while a node works, as one buffer. Answered by `ack`; until then no newer one comes. */
export interface Preview {
  kind: "preview";
  run: string;
  node: string;
  frame: number;
  width: number;
  height: number;
  format: "jpeg";
  step?: number;
  total?: number;
}

/** The finished pictures of an output node, one buffer each. `stale`: they come from an earlier run. */
export interface Images {
  kind: "images";
  run: string;
  node: string;
  images: ImageJSON[];
  stale?: boolean;
}

/** Something that belongs to no node. */
export interface Notice {
  kind: "notice";
  level: NoteLevel;
  text: string;
}

/** How edits are kept has changed. */
export interface Keeping {
  state: "kept" | "off" | "copy";
  text: string;
  id?: string;
  replayed?: number;
  restorable?: RestorableJSON;
  kind: "keeping";
}

/** New lines of the log, at most a few times a second. `dropped`: lines before them that were too many to send. */
export interface Log {
  kind: "log";
  lines: LogLineJSON[];
  dropped?: number;
}

/** A piece of an upload has come. `received`: bytes so far. `name`: what to set the input to, once all are here and good. `error`: why the upload ended without a file, in a sentence. */
export interface Uploaded {
  kind: "uploaded";
  view: string;
  upload: string;
  received: number;
  name?: string;
  error?: string;
}

/** Runs that are over, for the view that asked, or for all ("*", when a run has ended: the newest alone). Buffers: thumbnails. */
export interface History {
  kind: "history";
  view: string;
  items: HistoryItemJSON[];
  more: boolean;
}

/** The workflow as text, for the view that asked. `filename`: a name for it. `error`: why there is no text, in a sentence. */
export interface Text {
  kind: "text";
  view: string;
  format: "python" | "virgil_nb" | "comfyui-ui" | "comfyui-api" | "wb" | "wf";
  filename: string;
  text: string;
  error?: string;
}

/** A file: its size in bytes, and as a picture its own width and height. */
export interface FileJSON {
  name: string;
  size: number;
  width?: number;
  height?: number;
}

/** What files are, for the view that asked; those that are not there are left out. Buffers: WebP of each that has a width. */
export interface Files {
  kind: "files";
  view: string;
  folder: string;
  items: FileJSON[];
  large?: boolean;
}

/** The editor, for whoever waits for it. Buffers: its ES module and its style sheet, in UTF-8. */
export interface EditorCode {
  kind: "editor";
  digest: string;
}
