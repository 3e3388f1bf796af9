// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/document.py: change it there.
// A workflow's document, as it is sent and as our own files have it.

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export type NodeMode = "on" | "muted" | "bypassed";

export type ControlMode = "fixed" | "increment" | "decrement" | "randomize";

export type Source = [string, number];

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
