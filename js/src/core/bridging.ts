/** Two sockets that don't fit, joined by a node in between: a picture goes into a sampler by way of an encoder. */
import { fillsOpening, type Opening } from "./compatibility";
import { type Doc, freshId, linkOf, type NodeJSON, type Source, upstreamOf } from "./document";
import type { Op } from "./ops";
import { findSpecs } from "./search";
import { type InputSpec, outputType, type SpecJSON, type Specs, shownValue } from "./specs";

/** A node of this many linked inputs more is no simple step between two others. */
const MOST_OTHERS = 1;

export interface Bridge {
  via: SpecJSON;
  /** Where the link goes in and comes out of it. */
  input: string;
  slot: number;
}

function sockets(spec: SpecJSON): InputSpec[] {
  return spec.inputs.filter((input) => !input.widget);
}

/** The classes that take the one type and give the other, simplest first. Only plain types are bridged, no "*" and no unions. */
export function bridges(specs: Specs, given: string, wanted: string): Bridge[] {
  if (given === wanted || [given, wanted].some((type) => type === "*" || type.includes(","))) return [];
  const found: (Bridge & { others: number })[] = [];
  for (const via of specs.values()) {
    const input = sockets(via).find(({ type }) => type === given);
    const slot = via.outputs.findIndex(({ type }) => type === wanted);
    const others = sockets(via).filter((socket) => socket.required && socket !== input).length;
    // What gives on the type that it takes works on it: it is no bridge to another.
    if (!input || slot < 0 || others > MOST_OTHERS || via.outputs.some(({ type }) => type === given)) continue;
    found.push({ via, input: input.name, slot, others });
  }
  return found.sort((a, b) => a.others - b.others || a.via.inputs.length - b.via.inputs.length);
}

export interface Reachable {
  spec: SpecJSON;
  bridge: Bridge;
}

/** The classes that fit an opening with one node in between, best match first. */
export function reachable(specs: Specs, query: string, opening: Opening, most: number): Reachable[] {
  if (!query.trim()) return [];
  const found: Reachable[] = [];
  for (const { spec } of findSpecs(specs, query, null)) {
    if (found.length >= most) break;
    if (fillsOpening(spec, opening)) continue;
    const types = opening.wants === "input" ? sockets(spec).map(({ type }) => type) : spec.outputs.map(({ type }) => type);
    for (const type of types) {
      const [bridge] = opening.wants === "input" ? bridges(specs, opening.type, type) : bridges(specs, type, opening.type);
      if (!bridge || bridge.via === spec) continue;
      found.push({ spec, bridge });
      break;
    }
  }
  return found;
}

/** The edits that put a bridge between an output and an input, its other sockets plugged in where the graph has what they need. */
export function bridging(
  specs: Specs,
  doc: Doc,
  { via, input, slot }: Bridge,
  source: Source,
  target: { node: string; input: string },
  position: [number, number],
): { id: string; ops: Op[] } {
  const id = freshId(doc);
  const bare: NodeJSON = { id, type: via.type, values: {}, links: {}, position };
  const values: NodeJSON["values"] = {};
  for (const each of via.inputs) if (each.widget) values[each.name] = shownValue(each, bare);
  const links: NodeJSON["links"] = { [input]: source };
  for (const each of sockets(via)) {
    const giver = each.required && each.name !== input ? giverOf(specs, doc, each.type, [source[0], target.node]) : null;
    if (giver) links[each.name] = giver;
  }
  return {
    id,
    ops: [
      { op: "add", node: { ...bare, values, links } },
      { op: "link", id: target.node, input: target.input, source: [id, slot] },
    ],
  };
}

/** An output of this type: one that what stands near already builds on, else any that others use, else none. */
function giverOf(specs: Specs, doc: Doc, type: string, near: readonly string[]): Source | null {
  const above = new Set(near.flatMap((id) => [...upstreamOf(doc, id)]));
  let best: Source | null = null;
  for (const node of doc.nodes.values()) {
    for (const name of Object.keys(node.links)) {
      const link = linkOf(node, name);
      if (link && !best && outputType(specs, doc, ...link) === type) best = link;
    }
    const slot = specs.get(node.type)?.outputs.findIndex((output) => output.type === type) ?? -1;
    if (slot >= 0 && above.has(node.id)) return [node.id, slot];
  }
  return best;
}
