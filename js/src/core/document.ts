/**
 * The workflow document as the editor sees it: immutable snapshots, one object per node.
 *
 * A node whose content did not change keeps its identity from one snapshot to the next, so that "did this node change" is `===`.
 * Nothing about the screen belongs here.
 */

import type { DocumentJSON, FrameJSON, JsonValue, NodeJSON, PanelItemJSON, Source } from "../sync/messages";

export type { DocumentJSON, FrameJSON, NodeJSON, NodeMode, PanelItemJSON, Source } from "../sync/messages";
export type Json = JsonValue;

export interface Doc {
  readonly name: string;
  readonly nodes: ReadonlyMap<string, NodeJSON>;
  /** By an id of their own. */
  readonly frames: { readonly [id: string]: FrameJSON };
  /** The inputs on the panel, in order; null: nobody chose. */
  readonly panel: readonly PanelItemJSON[] | null;
  readonly extra: { [key: string]: Json };
}

export interface Consumer {
  node: string;
  input: string;
  slot: number;
}

/** A link by both of its ends. */
export interface Plug {
  source: string;
  slot: number;
  target: string;
  input: string;
}

export const EMPTY: Doc = { name: "", nodes: new Map(), frames: {}, panel: null, extra: {} };

/** The snapshot that this JSON describes. Nodes stay in the order of the list. */
export function fromJSON(json: DocumentJSON): Doc {
  const nodes = new Map<string, NodeJSON>();
  for (const node of json.nodes) nodes.set(node.id, { ...node, values: node.values ?? {}, links: node.links ?? {} });
  return { name: json.name ?? "", nodes, frames: json.frames ?? {}, panel: json.panel ?? null, extra: json.extra ?? {} };
}

/** The JSON of a snapshot: what `fromJSON` reads. */
export function toJSON(doc: Doc): DocumentJSON {
  return {
    format: "virgil_nb",
    version: 1,
    name: doc.name,
    nodes: [...doc.nodes.values()],
    ...(Object.keys(doc.frames).length > 0 ? { frames: { ...doc.frames } } : {}),
    ...(doc.panel ? { panel: [...doc.panel] } : {}),
    extra: doc.extra,
  };
}

/** The literal value of an input, undefined if none is set. Safe for names such as "constructor". */
export function literalOf(node: NodeJSON, input: string): Json | undefined {
  return Object.hasOwn(node.values, input) ? node.values[input] : undefined;
}

/** Where an input is plugged in, undefined if nowhere. */
export function linkOf(node: NodeJSON, input: string): Source | undefined {
  return Object.hasOwn(node.links, input) ? node.links[input] : undefined;
}

const consumerCache = new WeakMap<ReadonlyMap<string, NodeJSON>, Map<string, Consumer[]>>();

/** Who takes the outputs of each node. */
export function consumersOf(doc: Doc): ReadonlyMap<string, Consumer[]> {
  const known = consumerCache.get(doc.nodes);
  if (known) return known;
  const found = new Map<string, Consumer[]>();
  for (const node of doc.nodes.values()) {
    for (const [input, [source, slot]] of Object.entries(node.links)) {
      const list = found.get(source);
      if (list) list.push({ node: node.id, input, slot });
      else found.set(source, [{ node: node.id, input, slot }]);
    }
  }
  consumerCache.set(doc.nodes, found);
  return found;
}

/** Every node that `id` depends on, itself included. */
export function upstreamOf(doc: Doc, id: string): Set<string> {
  const seen = new Set<string>();
  const waiting = [id];
  while (waiting.length > 0) {
    const next = waiting.pop() as string;
    if (seen.has(next)) continue;
    seen.add(next);
    const node = doc.nodes.get(next);
    if (node) for (const [source] of Object.values(node.links)) waiting.push(source);
  }
  return seen;
}

/** The lowest whole number that is no node's id yet, as text. */
export function freshId(doc: Doc, taken: ReadonlySet<string> = new Set()): string {
  let highest = 0;
  for (const id of [...doc.nodes.keys(), ...taken]) {
    const number = /^\d{1,9}$/.test(id) ? Number(id) : 0;
    if (number > highest) highest = number;
  }
  return String(highest + 1);
}

/** Equality of plain JSON values. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}
