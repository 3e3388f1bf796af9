/** Which results no longer belong to the document on screen: their node, or something it depends on, changed since it ran. */
import { type Doc, type Json, type NodeJSON, sameJson } from "./document";
import { isReroute, REROUTE, sourceBehind } from "./reroute";

/** Whether a node would compute the same in two documents. Position, size and title do not count, nor by which way a link comes. */
function sameWork(then: Doc, a: NodeJSON, now: Doc, b: NodeJSON): boolean {
  if (a === b && !isLedRound(then, a) && !isLedRound(now, b)) return true;
  if (a !== b && (a.type !== b.type || (a.mode ?? "on") !== (b.mode ?? "on") || !sameJson(a.values, b.values))) return false;
  return sameJson(origins(then, a), origins(now, b));
}

function isLedRound(doc: Doc, node: NodeJSON): boolean {
  for (const input in node.links) if (doc.nodes.get(node.links[input]?.[0] ?? "")?.type === REROUTE) return true;
  return false;
}

/** Where each link of a node comes from in the end; null where only reroutes are, or a muted one. */
function origins(doc: Doc, node: NodeJSON): { [input: string]: Json } {
  return Object.fromEntries(
    Object.entries(node.links).map(([input, [id, slot]]) => {
      const source = sourceBehind(doc, id, slot, true);
      return [input, source && [source.node.id, source.slot]];
    }),
  );
}

const cache = new WeakMap<Doc, WeakMap<Doc, ReadonlySet<string>>>();

/** The nodes of `now` whose result would differ from what they gave in `then`. */
export function changedSince(then: Doc, now: Doc): ReadonlySet<string> {
  const row = cache.get(now) ?? new WeakMap<Doc, ReadonlySet<string>>();
  cache.set(now, row);
  const found = row.get(then) ?? compare(then, now);
  row.set(then, found);
  return found;
}

function compare(then: Doc, now: Doc): ReadonlySet<string> {
  const changed = new Set<string>();
  if (then.nodes === now.nodes) return changed;
  const followers = new Map<string, string[]>();
  const waiting: string[] = [];
  for (const node of now.nodes.values()) {
    if (isReroute(node)) continue;
    for (const [id, slot] of Object.values(node.links)) {
      const source = sourceBehind(now, id, slot)?.node.id ?? id;
      const list = followers.get(source);
      if (list) list.push(node.id);
      else followers.set(source, [node.id]);
    }
    const before = then.nodes.get(node.id);
    if (!before || !sameWork(then, before, now, node)) waiting.push(node.id);
  }
  while (waiting.length > 0) {
    const id = waiting.pop() as string;
    if (changed.has(id)) continue;
    changed.add(id);
    waiting.push(...(followers.get(id) ?? []));
  }
  return changed;
}
