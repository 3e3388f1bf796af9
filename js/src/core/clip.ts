/**
 * Part of a workflow on the clipboard: a small document of its own, so that it can be pasted into any workbench, saved or opened.
 *
 * What comes from a clipboard is anybody's: it is looked at piece by piece, and what is not as it should be is refused with the reason.
 */
import type { FrameJSON } from "../sync/messages";
import { type Doc, freshId, type NodeJSON } from "./document";
import { framesOf } from "./frames";
import type { Op } from "./ops";
import { exactJson } from "./whole";

export interface Clip {
  nodes: NodeJSON[];
  frames: FrameJSON[];
}

/** What a text turned out to be. "workflow": nothing of ours, but maybe something that the kernel can open. */
export type Reading = { kind: "clip"; clip: Clip } | { kind: "workflow" } | { kind: "refused"; reason: string };

export const VERSION = 1;
/** Longer texts are not read, in characters. */
const LONGEST = 8_000_000;

/** These nodes and frames as they stand. Links from nodes that are not among them stay in, for `pasted` to decide on. */
export function clipOf(
  doc: Doc,
  nodes: ReadonlySet<string>,
  frames: ReadonlySet<string>,
  at: (id: string) => [number, number],
): Clip {
  return {
    nodes: [...doc.nodes.values()].filter(({ id }) => nodes.has(id)).map((node) => ({ ...node, position: at(node.id) })),
    frames: framesOf(doc).flatMap(([id, frame]) => (frames.has(id) ? [frame] : [])),
  };
}

/** A clip as text: a whole document, without the links that lead out of it. */
export function clipText(clip: Clip): string {
  const inside = new Set(clip.nodes.map(({ id }) => id));
  const nodes = clip.nodes.map((node) => ({
    ...node,
    links: Object.fromEntries(Object.entries(node.links).filter(([, [source]]) => inside.has(source))),
  }));
  const frames = Object.fromEntries(clip.frames.map((frame, i) => [String(i + 1), frame]));
  return exactJson.write({ format: "virgil_nb", version: VERSION, name: "", nodes, frames, extra: {} });
}

export function readClip(text: string): Reading {
  if (text.length > LONGEST)
    return refused(`The clipboard holds ${Math.round(text.length / 1e6)} MB of text. That is no part of a workflow.`);
  let json: unknown;
  try {
    json = exactJson.read(text);
  } catch {
    return refused("The clipboard holds text that is no workflow.");
  }
  if (!isRecord(json)) return refused("The clipboard holds JSON that is no workflow.");
  if (json.format !== "virgil_nb")
    return looksLikeComfy(json) ? { kind: "workflow" } : refused("The clipboard holds JSON that is no workflow.");
  if (typeof json.version !== "number" || json.version > VERSION)
    return refused(
      `These nodes were copied by a newer virgil_nb (file version ${String(json.version)}, this one reads ${VERSION}). Update this one to paste them.`,
    );
  const nodes = Array.isArray(json.nodes) ? json.nodes.map(nodeIn) : [];
  const frames = isRecord(json.frames) ? Object.values(json.frames).map(frameIn) : [];
  const good = nodes.filter((node) => node !== null);
  if (good.length < nodes.length || new Set(good.map(({ id }) => id)).size < good.length)
    return refused("The clipboard holds a workflow that is damaged: not all of its nodes can be read.");
  if (good.length + frames.length === 0) return refused("The clipboard holds a workflow without nodes.");
  return { kind: "clip", clip: { nodes: good, frames: frames.filter((frame) => frame !== null) } };
}

/** The corner and the size of the ground that a clip stands on; nodes count as their corner. */
export function groundOf(clip: Clip): { x: number; y: number } {
  const xs = [...clip.nodes.map(({ position }) => position?.[0] ?? 0), ...clip.frames.map(({ box }) => box[0])];
  const ys = [...clip.nodes.map(({ position }) => position?.[1] ?? 0), ...clip.frames.map(({ box }) => box[1])];
  return { x: Math.min(...xs), y: Math.min(...ys) };
}

export interface Pasted {
  ops: Op[];
  nodes: string[];
  frames: string[];
}

/**
 * The edits that put a clip into the document, moved by `shift`, under ids of its own.
 * `outside`: keep links from nodes that are not in the clip, where the document has such a node.
 */
export function pasted(doc: Doc, clip: Clip, [dx, dy]: readonly [number, number], outside: boolean): Pasted {
  const first = Number(freshId(doc));
  const names = new Map(clip.nodes.map(({ id }, i) => [id, String(first + i)]));
  const ops: Op[] = clip.nodes.map((node) => {
    const links: NodeJSON["links"] = {};
    for (const [input, [source, slot]] of Object.entries(node.links)) {
      const inside = names.get(source);
      if (inside !== undefined) links[input] = [inside, slot];
      else if (outside && doc.nodes.has(source)) links[input] = [source, slot];
    }
    const [x, y] = node.position ?? [0, 0];
    const id = names.get(node.id) as string;
    return { op: "add", node: { ...node, id, links, position: [Math.round(x + dx), Math.round(y + dy)] } };
  });
  const places = new Map(ops.flatMap((op, place) => (op.op === "add" ? [[op.node.id, place] as const] : [])));
  const later = ops.flatMap((op): Op[] => (op.op === "add" ? laterLinks(op.node, places) : []));
  const frames: string[] = [];
  const known = new Set(framesOf(doc).map(([id]) => id));
  for (const frame of clip.frames) {
    let number = known.size + 1;
    while (known.has(String(number))) number++;
    known.add(String(number));
    frames.push(String(number));
    const [x, y, width, height] = frame.box;
    ops.push({
      op: "frame",
      id: String(number),
      frame: { ...frame, box: [Math.round(x + dx), Math.round(y + dy), width, height] },
    });
  }
  return { ops: [...ops, ...later], nodes: [...names.values()], frames };
}

/** A node can be linked only to one that is there: links to nodes that are added after it come at the end. Changes `node`. */
function laterLinks(node: NodeJSON, places: ReadonlyMap<string, number>): Op[] {
  const own = places.get(node.id) ?? -1;
  const late: Op[] = [];
  for (const [input, source] of Object.entries(node.links)) {
    if ((places.get(source[0]) ?? -1) < own) continue;
    late.push({ op: "link", id: node.id, input, source });
    node.links = Object.fromEntries(Object.entries(node.links).filter(([name]) => name !== input));
  }
  return late;
}

function refused(reason: string): Reading {
  return { kind: "refused", reason };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => Number.isFinite(part) && Math.abs(part) < 1e7);
}

/** ComfyUI's own workflow has nodes and links as lists, its API format a `class_type` a node. */
function looksLikeComfy(json: Record<string, unknown>): boolean {
  if (Array.isArray(json.nodes) && Array.isArray(json.links)) return true;
  const parts = Object.values(json);
  return parts.length > 0 && parts.every((part) => isRecord(part) && typeof part.class_type === "string");
}

function nodeIn(json: unknown): NodeJSON | null {
  if (!isRecord(json) || typeof json.id !== "string" || typeof json.type !== "string") return null;
  const { id, type, values = {}, links = {} } = json;
  if (!isRecord(values) || !isRecord(links)) return null;
  const linked = Object.entries(links);
  if (
    !linked.every(([, link]) => Array.isArray(link) && typeof link[0] === "string" && Number.isInteger(link[1]) && link[1] >= 0)
  )
    return null;
  const node: NodeJSON = { id, type, values: values as NodeJSON["values"], links: links as NodeJSON["links"] };
  if (typeof json.title === "string") node.title = json.title;
  if (isPair(json.position)) node.position = json.position;
  if (isPair(json.size)) node.size = json.size;
  if (json.mode === "muted" || json.mode === "bypassed") node.mode = json.mode;
  if (isRecord(json.control)) node.control = json.control as NodeJSON["control"];
  if (typeof json.colour === "string") node.colour = json.colour;
  if (json.folded === true) node.folded = true;
  if (isRecord(json.extra)) node.extra = json.extra as NodeJSON["extra"];
  return node;
}

function frameIn(json: unknown): FrameJSON | null {
  if (!isRecord(json) || typeof json.title !== "string") return null;
  const { box, colour } = json;
  if (!Array.isArray(box) || box.length !== 4 || !box.every((part) => Number.isFinite(part) && Math.abs(part) < 1e7)) return null;
  return { title: json.title, box: box as FrameJSON["box"], ...(typeof colour === "string" ? { colour } : {}) };
}
