/**
 * Edits of a document: each one is a small JSON object with an inverse.
 *
 * The kernel decides what a document is; these functions let the editor show an edit before the kernel has answered.
 */
import type { ControlMode, FrameJSON, MoveOp, Op } from "../sync/messages";
import { consumersOf, type Doc, fromJSON, linkOf, literalOf, type NodeJSON, toJSON } from "./document";

export type { Op } from "../sync/messages";

/** An edit that does not fit the document. */
export class EditRefused extends Error {}

/** The document after `op`. Raises EditRefused, and changes nothing, if the op does not fit. */
export function apply(doc: Doc, op: Op): Doc {
  switch (op.op) {
    case "add":
      return addNode(doc, op.node, op.index);
    case "remove":
      return removeNode(doc, op.id);
    case "set":
      return change(doc, op.id, (node) => ({ ...node, values: { ...node.values, [op.input]: op.value } }));
    case "unset":
      return change(doc, op.id, (node) => ({ ...node, values: without(node.values, op.input) }));
    case "link":
      if (!doc.nodes.has(op.source[0])) throw new EditRefused(`There is no node ${op.source[0]} to link from.`);
      return change(doc, op.id, (node) => ({ ...node, links: { ...node.links, [op.input]: op.source } }));
    case "unlink":
      return change(doc, op.id, (node) => ({ ...node, links: without(node.links, op.input) }));
    case "move":
      return move(doc, op.positions);
    case "resize":
      return change(doc, op.id, (node) => optional(node, "size", op.size));
    case "title":
      return change(doc, op.id, (node) => optional(node, "title", op.title));
    case "mode":
      return change(doc, op.id, (node) => ({ ...node, mode: op.mode }));
    case "control":
      return change(doc, op.id, (node) => ({ ...node, control: controlled(node, op.input, op.control) }));
    case "colour":
      return change(doc, op.id, (node) => optional(node, "colour", op.colour));
    case "fold":
      return change(doc, op.id, (node) => optional(node, "folded", op.folded || undefined));
    case "frame":
      return { ...doc, frames: framed(doc, op.id, op.frame) };
    case "panel":
      return { ...doc, panel: op.items };
    case "rename":
      return { ...doc, name: op.name };
    case "batch":
      return applyAll(doc, op.ops);
    case "document":
      return fromJSON(op.document);
    default:
      throw new EditRefused(`Unknown edit ${JSON.stringify((op as { op: unknown }).op)}.`);
  }
}

/** The document after all of these. Nodes that come or go one after the other cost one copy of the document. */
export function applyAll(doc: Doc, ops: readonly Op[]): Doc {
  let next = doc;
  for (let at = 0; at < ops.length; ) {
    const op = ops[at] as Op;
    const several = ops[at + 1]?.op === op.op;
    if (several && op.op === "add") [next, at] = addNodes(next, ops, at);
    else if (several && op.op === "remove") [next, at] = removeNodes(next, ops, at);
    else [next, at] = [apply(next, op), at + 1];
  }
  return next;
}

/** The edit that takes `apply(doc, op)` back to `doc`. */
export function inverse(doc: Doc, op: Op): Op {
  switch (op.op) {
    case "add":
      return batch([{ op: "remove", id: op.node.id }, ...panelBack(doc, op.node.id)]);
    case "remove": {
      const node = need(doc, op.id);
      const index = [...doc.nodes.keys()].indexOf(op.id);
      const links = (consumersOf(doc).get(op.id) ?? []).filter((consumer) => consumer.node !== op.id);
      const relink = links.map(({ node: id, input, slot }): Op => ({ op: "link", id, input, source: [op.id, slot] }));
      return batch([{ op: "add", node, index }, ...relink, ...panelBack(doc, op.id)]);
    }
    case "set":
    case "unset": {
      const value = literalOf(need(doc, op.id), op.input);
      return value === undefined ? { op: "unset", id: op.id, input: op.input } : { op: "set", id: op.id, input: op.input, value };
    }
    case "link":
    case "unlink": {
      const source = linkOf(need(doc, op.id), op.input);
      return source ? { op: "link", id: op.id, input: op.input, source } : { op: "unlink", id: op.id, input: op.input };
    }
    case "move": {
      const positions: Record<string, [number, number] | null> = {};
      for (const id of Object.keys(op.positions)) positions[id] = need(doc, id).position ?? null;
      return { op: "move", positions };
    }
    case "resize":
      return { op: "resize", id: op.id, size: need(doc, op.id).size ?? null };
    case "title":
      return { op: "title", id: op.id, title: need(doc, op.id).title ?? null };
    case "mode":
      return { op: "mode", id: op.id, mode: need(doc, op.id).mode ?? "on" };
    case "control": {
      const control = need(doc, op.id).control ?? {};
      return {
        op: "control",
        id: op.id,
        input: op.input,
        control: (Object.hasOwn(control, op.input) && control[op.input]) || null,
      };
    }
    case "colour":
      return { op: "colour", id: op.id, colour: need(doc, op.id).colour ?? null };
    case "fold":
      return { op: "fold", id: op.id, folded: need(doc, op.id).folded ?? false };
    case "frame":
      return { op: "frame", id: op.id, frame: (Object.hasOwn(doc.frames, op.id) && doc.frames[op.id]) || null };
    case "panel":
      return { op: "panel", items: doc.panel && [...doc.panel] };
    case "rename":
      return { op: "rename", name: doc.name };
    case "batch": {
      const back: Op[] = [];
      let now = doc;
      for (const part of op.ops) {
        back.unshift(inverse(now, part));
        now = apply(now, part);
      }
      return batch(back);
    }
    case "document":
      return { op: "document", document: toJSON(doc) };
  }
}

/** One edit out of several; a single one stays as it is. */
export function batch(ops: Op[]): Op {
  return ops.length === 1 ? (ops[0] as Op) : { op: "batch", ops };
}

/** The edits that take out these nodes. */
export function removal(ids: Iterable<string>): Op[] {
  return [...ids].map((id) => ({ op: "remove", id }));
}

function need(doc: Doc, id: string): NodeJSON {
  const node = doc.nodes.get(id);
  if (!node) throw new EditRefused(`There is no node ${id}.`);
  return node;
}

function change(doc: Doc, id: string, edit: (node: NodeJSON) => NodeJSON): Doc {
  const nodes = new Map(doc.nodes);
  nodes.set(id, edit(need(doc, id)));
  return { ...doc, nodes };
}

function move(doc: Doc, positions: MoveOp["positions"]): Doc {
  const nodes = new Map(doc.nodes);
  for (const [id, position] of Object.entries(positions)) nodes.set(id, optional(need(doc, id), "position", position));
  return { ...doc, nodes };
}

function controlled(node: NodeJSON, input: string, control: ControlMode | null): Record<string, ControlMode> {
  const rest = without(node.control ?? {}, input);
  return control === null ? rest : { ...rest, [input]: control };
}

function addNode(doc: Doc, node: NodeJSON, index?: number): Doc {
  if (doc.nodes.has(node.id)) throw new EditRefused(`There is a node ${node.id} already.`);
  const entries = [...doc.nodes.entries()];
  entries.splice(index ?? entries.length, 0, [node.id, node]);
  return { ...doc, nodes: new Map(entries) };
}

/** Adds the nodes of the ops from place `at` on that go to the end; gives the place of the first that is another op. */
function addNodes(doc: Doc, ops: readonly Op[], at: number): [Doc, number] {
  const nodes = new Map(doc.nodes);
  let next = at;
  for (let op = ops[next]; op?.op === "add" && (op.index ?? nodes.size) === nodes.size; op = ops[++next]) {
    if (nodes.has(op.node.id)) throw new EditRefused(`There is a node ${op.node.id} already.`);
    nodes.set(op.node.id, op.node);
  }
  const op = ops[next];
  const after = { ...doc, nodes };
  return op?.op === "add" ? [addNode(after, op.node, op.index), next + 1] : [after, next];
}

/** Removes the nodes of the ops from place `at` on; gives the place of the first that is another op. */
function removeNodes(doc: Doc, ops: readonly Op[], at: number): [Doc, number] {
  const nodes = new Map(doc.nodes);
  const gone = new Set<string>();
  let next = at;
  for (let op = ops[next]; op?.op === "remove"; op = ops[++next]) {
    need({ ...doc, nodes }, op.id);
    nodes.delete(op.id);
    gone.add(op.id);
  }
  for (const id of gone)
    for (const { node: consumer, input } of consumersOf(doc).get(id) ?? []) {
      const node = nodes.get(consumer);
      if (node) nodes.set(consumer, { ...node, links: without(node.links, input) });
    }
  const panel = doc.panel?.some((item) => gone.has(item.node)) ? doc.panel.filter((item) => !gone.has(item.node)) : doc.panel;
  return [{ ...doc, nodes, panel }, next];
}

function removeNode(doc: Doc, id: string): Doc {
  need(doc, id);
  const nodes = new Map(doc.nodes);
  nodes.delete(id);
  for (const { node: consumer, input } of consumersOf(doc).get(id) ?? []) {
    const node = nodes.get(consumer);
    if (node) nodes.set(consumer, { ...node, links: without(node.links, input) });
  }
  return { ...doc, nodes, panel: onPanel(doc, id) ? (doc.panel ?? []).filter((item) => item.node !== id) : doc.panel };
}

function onPanel(doc: Doc, id: string): boolean {
  return doc.panel?.some((item) => item.node === id) ?? false;
}

/** The edit that brings the panel back, if removing this node takes something off it. */
function panelBack(doc: Doc, id: string): Op[] {
  return doc.panel && onPanel(doc, id) ? [{ op: "panel", items: [...doc.panel] }] : [];
}

function framed(doc: Doc, id: string, frame: FrameJSON | null): Doc["frames"] {
  const rest = without(doc.frames, id);
  return frame ? { ...rest, [id]: frame } : rest;
}

function without<T>(record: { readonly [key: string]: T }, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function optional<K extends "position" | "size" | "title" | "colour" | "folded">(
  node: NodeJSON,
  key: K,
  value: NodeJSON[K],
): NodeJSON {
  const next = { ...node };
  if (value === null || value === undefined) delete next[key];
  else next[key] = value;
  return next;
}
