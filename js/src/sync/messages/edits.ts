// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/edits.py: change it there.
// Edits of a document: what a view asks for, and what took effect.

import type { ControlMode, DocumentJSON, FrameJSON, JsonValue, NodeJSON, NodeMode, PanelItemJSON, Source } from "./document";

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
