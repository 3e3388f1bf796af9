/** One thing that can be done: its name, its keys, when it is possible. The menus, the keys, the palette and the sheet of keys all read this. */

import type { Plug } from "../../core/compatibility";
import { linkOf, type NodeJSON } from "../../core/document";
import type { Workbench } from "../context";
import type { IconName } from "../Icon";
import type { MenuEntry } from "../menu_entries";
import type { Spot } from "../view";

/** Where a menu can be opened. */
export type Place = "canvas" | "node" | "field" | "socket" | "link" | "frame";

/** What a command is about: the workbench with its selection, and what the pointer or the focus was on. */
export interface Scope {
  bench: Workbench;
  field: { node: string; input: string } | null;
  socket: { node: string; handle: string } | null;
  link: Plug | null;
  frame: string | null;
  /** Where on the page, if a pointer was there. */
  at: Spot | null;
}

export const GROUPS = ["Run", "Edit", "Links", "Nodes", "Fields", "Frames", "Look"] as const;
export type Group = (typeof GROUPS)[number];

export interface Command {
  id: string;
  name: string;
  /** The name where it depends on what it is about: "Unmute". */
  nameFor?(scope: Scope): string;
  group: Group;
  icon?: IconName;
  /** "Ctrl+Shift+C"; on a Mac Ctrl is ⌘. The first is shown. */
  keys?: readonly string[];
  /** The menus that list it. */
  places?: readonly Place[];
  /** Whether its keys act while text is being typed as well. */
  whileTyping?: boolean;
  /** The browser turns its key into an event of its own (copy, cut, paste), which does it. */
  native?: boolean;
  /** Does something while the panel is shown as well; all else is about the graph. */
  anywhere?: boolean;
  /** Not by name in the palette: it makes no sense without a thing under the pointer. */
  pointed?: boolean;
  possible?(scope: Scope): boolean;
  /** A list to choose from instead of something to do. */
  entries?(scope: Scope): MenuEntry[];
  run?(scope: Scope): void;
}

export function scopeOf(bench: Workbench, more: Partial<Omit<Scope, "bench">> = {}): Scope {
  return { bench, field: null, socket: null, link: null, frame: null, at: null, ...more };
}

/** The selected nodes that the document has, in document order. */
export function chosen({ bench: { session, view } }: Scope): NodeJSON[] {
  return [...session.doc.nodes.values()].filter(({ id }) => view.selection.has(id));
}

export function some(scope: Scope): boolean {
  for (const id of scope.bench.view.selection) if (scope.bench.session.doc.nodes.has(id)) return true;
  return false;
}

/** The node of the field that a command is about. */
export function fieldNode({ bench, field }: Scope): NodeJSON | undefined {
  return field ? bench.session.doc.nodes.get(field.node) : undefined;
}

export function fieldLinked(scope: Scope): boolean {
  const node = fieldNode(scope);
  return node !== undefined && scope.field !== null && linkOf(node, scope.field.input) !== undefined;
}
