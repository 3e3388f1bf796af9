/** Which results no longer belong to the document on screen: their node, or something it depends on, changed since it ran. */
import { type Doc, type NodeJSON, sameJson } from "./document";

/** Whether two snapshots of a node would compute the same. Position, size and title do not count. */
export function sameWork(a: NodeJSON, b: NodeJSON): boolean {
  if (a === b) return true;
  return a.type === b.type && (a.mode ?? "on") === (b.mode ?? "on") && sameJson(a.values, b.values) && sameJson(a.links, b.links);
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
    for (const [source] of Object.values(node.links)) {
      const list = followers.get(source);
      if (list) list.push(node.id);
      else followers.set(source, [node.id]);
    }
    const before = then.nodes.get(node.id);
    if (!before || !sameWork(before, node)) waiting.push(node.id);
  }
  while (waiting.length > 0) {
    const id = waiting.pop() as string;
    if (changed.has(id)) continue;
    changed.add(id);
    waiting.push(...(followers.get(id) ?? []));
  }
  return changed;
}
