// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages.py: change it there.
// Every message between the editor in the browser and the workbench in the kernel.

export const PROTOCOL = 1;

export const MAX_MESSAGE_BYTES = 10485760;

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export type NodeMode = "on" | "muted" | "bypassed";

export type ControlMode = "fixed" | "increment" | "decrement" | "randomize";

export type Source = [string, number];

export type Side = "panel" | "graph";

export type Op =
  | AddOp
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
  | DocumentOp;

export type RunState = "queued" | "running" | "done" | "failed" | "cancelled";

export type NodeRunState = "idle" | "queued" | "running" | "cached" | "done" | "error" | "waiting" | "stopped";

export type NoteLevel = "info" | "warning" | "error";

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
  | Turn
  | AskEditor;

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
  | EditorCode;

/** One node of a document. `links` has [node id, output slot] per linked input; a linked input may keep a value too. */
export interface NodeJSON {
  id: string;
  type: string;
  values: { [key: string]: JsonValue };
  links: { [key: string]: Source };
  title?: string | null;
  position?: [number, number] | null;
  size?: [number, number] | null;
  mode?: NodeMode;
  control?: { [key: string]: ControlMode };
  colour?: string | null;
  folded?: boolean;
  extra?: { [key: string]: JsonValue };
}

/** A titled box behind nodes; what lies wholly inside moves with it. `box`: x, y, width, height, in pixels at 100 %. */
export interface FrameJSON {
  title: string;
  box: [number, number, number, number];
  colour?: string | null;
}

/** An input that is shown on the panel, under a name of its own or the input's. */
export interface PanelItemJSON {
  node: string;
  input: string;
  label?: string | null;
}

/** A whole workflow. `nodes` is a list because objects in JavaScript put integer-like keys first. `panel`: the inputs on the panel, in order; null or left out: nobody chose, so the editor does. */
export interface DocumentJSON {
  format: "virgil_nb";
  version: number;
  name: string;
  nodes: NodeJSON[];
  frames?: { [key: string]: FrameJSON };
  panel?: PanelItemJSON[] | null;
  extra?: { [key: string]: JsonValue };
}

/** Puts a new node into the document, at the end or before place `index`. */
export interface AddOp {
  op: "add";
  node: NodeJSON;
  index?: number;
}

/** Takes a node out, and with it the links that came from it. */
export interface RemoveOp {
  op: "remove";
  id: string;
}

/** Gives an input a value of its own. */
export interface SetOp {
  op: "set";
  id: string;
  input: string;
  value: JsonValue;
}

/** Takes an input's own value away: its default holds again. */
export interface UnsetOp {
  op: "unset";
  id: string;
  input: string;
}

/** Feeds an input from another node's output; an earlier link to that input is replaced. */
export interface LinkOp {
  op: "link";
  id: string;
  input: string;
  source: Source;
}

/** Cuts the link that feeds an input. */
export interface UnlinkOp {
  op: "unlink";
  id: string;
  input: string;
}

/** Moves nodes to places on the canvas, in pixels at 100 %; null: wherever the editor puts a node that has no place. */
export interface MoveOp {
  op: "move";
  positions: { [key: string]: [number, number] | null };
}

/** Gives a node a size on the canvas, or with null the one it takes by itself. */
export interface ResizeOp {
  op: "resize";
  id: string;
  size: [number, number] | null;
}

/** Names a node; null: its type's name. */
export interface TitleOp {
  op: "title";
  id: string;
  title: string | null;
}

/** Switches a node on, muted or bypassed. */
export interface ModeOp {
  op: "mode";
  id: string;
  mode: NodeMode;
}

/** What happens to an input's value when a run is queued; null: nothing was said. */
export interface ControlOp {
  op: "control";
  id: string;
  input: string;
  control: ControlMode | null;
}

/** Tints a node, "#rrggbb"; null: plain again. */
export interface ColourOp {
  op: "colour";
  id: string;
  colour: string | null;
}

/** Folds a node to its header, or opens it again. */
export interface FoldOp {
  op: "fold";
  id: string;
  folded: boolean;
}

/** Puts a frame there, or another in place of it; null: takes it away, and no node with it. */
export interface FrameOp {
  op: "frame";
  id: string;
  frame: FrameJSON | null;
}

/** Says which inputs are on the panel, all of them, in order; null: the editor chooses. */
export interface PanelOp {
  op: "panel";
  items: PanelItemJSON[] | null;
}

/** Names the workflow. */
export interface RenameOp {
  op: "rename";
  name: string;
}

/** Several edits as one: all of them or none. */
export interface BatchOp {
  op: "batch";
  ops: Op[];
}

/** Puts a whole other document in place of this one. A view gets it as a `snapshot` for view "*", never as an op. */
export interface DocumentOp {
  op: "document";
  document: DocumentJSON;
}

/** One input of a node type. `widget`: it has a field on the node, so it need not be linked. */
export interface InputSpecJSON {
  name: string;
  type: string;
  required: boolean;
  widget: boolean;
  default?: JsonValue;
  min?: number;
  max?: number;
  step?: number;
  round?: number;
  choices?: (string | number | boolean)[];
  multiline?: boolean;
  dynamic_prompts?: boolean;
  lazy?: boolean;
  control_after_generate?: boolean;
  image_upload?: boolean;
  tooltip?: string;
}

/** One output of a node type. */
export interface OutputSpecJSON {
  name: string;
  type: string;
  is_list?: boolean;
  tooltip?: string;
}

/** A node type: what the palette lists and what a node is drawn from. */
export interface SpecJSON {
  type: string;
  display_name: string;
  category: string;
  description: string;
  output_node: boolean;
  inputs: InputSpecJSON[];
  outputs: OutputSpecJSON[];
}

/** One fault of the document: the node and input it belongs to, and a sentence that says what to do. */
export interface ProblemJSON {
  node: string | null;
  input: string | null;
  kind: string;
  message: string;
}

/** A sentence that a node has to say about its run. */
export interface NoteJSON {
  level: NoteLevel;
  text: string;
}

/** Why a node failed: a short title, what happened, and the traceback's lines, outermost call first. */
export interface ErrorJSON {
  title: string;
  message: string;
  traceback: string[];
}

/** How far one node is. In a `nodes` message it replaces what was known of that node. */
export interface NodeStateJSON {
  state: NodeRunState;
  value?: number;
  max?: number;
  seconds?: number;
  error?: ErrorJSON;
  notes?: NoteJSON[];
}

/** How far a run is. `position`: place in the queue, 0 is next; `total`, `finished`: nodes. `queued`: runs of this workbench that wait behind it; `remaining`: seconds left by estimate, left out while nothing is known. */
export interface RunJSON {
  id: string;
  state: RunState;
  position?: number;
  seconds?: number;
  message?: string;
  total?: number;
  finished?: number;
  queued?: number;
  remaining?: number;
}

/** One picture of an `images` message; its bytes are the buffer of the same index. */
export interface ImageJSON {
  width: number;
  height: number;
  format: "webp" | "png" | "jpeg";
  filename?: string;
}

/** Lines that a node printed or said in a run. `node`: its id, null for the engine's own words. */
export interface LogLineJSON {
  run: string;
  node: string | null;
  level: "print" | "info" | "warning" | "error";
  text: string;
}

/** Edits that were made in the widget before, and that what the cell shows now lacks. `saved`: when, ISO 8601. */
export interface RestorableJSON {
  edits: number;
  saved: string;
}

/** Whether edits are kept, where, and what can be brought back. state: "kept"; "off" (`text` says why); "copy": another kernel holds this workbench, and edits here are kept under a name of their own. replayed: how many kept edits were made again when this workbench was made. id: the same for all widgets that are this workbench. */
export interface KeepingJSON {
  state: "kept" | "off" | "copy";
  text: string;
  id?: string;
  replayed?: number;
  restorable?: RestorableJSON;
}

/** A run that is over, newest first in lists. `changed`: what differs from the run before it ("seed 7 → 8"), in words. settings: what was on the panel ("a red fox", "20 steps"), in words. pictures: how many thumbnails of it are among the message's buffers, which follow the items' order. current: its document is the present one. */
export interface HistoryItemJSON {
  run: string;
  when: string;
  state: RunState;
  seconds: number;
  title: string;
  changed: string[];
  settings?: string[];
  pictures: number;
  current?: boolean;
}

/** What runs at the other end. */
export interface KernelJSON {
  python: string;
  version: string;
}

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

/** Asks for the workflow as text: Python (of `nodes` alone, if given), our file, or ComfyUI's. */
export interface AskText {
  kind: "ask_text";
  view: string;
  format: "python" | "virgil_nb" | "comfyui-ui" | "comfyui-api";
  nodes?: string[];
}

/** Opens a file that was uploaded whole before (`upload`), or text from the clipboard, in place of the document, undoably. */
export interface Open {
  kind: "open";
  view: string;
  upload?: string;
  text?: string;
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

/** The whole state, for view `view`, or for all of them if that is "*". Pictures follow as `images`. `static` is the id of the still picture that live views hide; `side` is what a view that opens shows first. */
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
  format: "python" | "virgil_nb" | "comfyui-ui" | "comfyui-api";
  filename: string;
  text: string;
  error?: string;
}

/** The editor, for whoever waits for it. Buffers: its ES module and its style sheet, in UTF-8. */
export interface EditorCode {
  kind: "editor";
  digest: string;
}
