// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/runs.py: change it there.
// Faults, runs, their pictures and what they leave behind.

export type RunState = "queued" | "running" | "done" | "failed" | "cancelled";

export type NodeRunState = "idle" | "queued" | "running" | "cached" | "done" | "error" | "waiting" | "stopped";

export type NoteLevel = "info" | "warning" | "error";

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
