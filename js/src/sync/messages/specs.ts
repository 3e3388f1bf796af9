// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/specs.py: change it there.
// Node types: what the palette lists and what nodes are drawn from.

import type { JsonValue } from "./document";

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
  files?: string;
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
