/** Reroutes: dots that lead a link round something. They have no class of their own to run; their type is that of what feeds them. */
import { type Doc, freshId, linkOf, type NodeJSON, type Plug } from "./document";
import type { Op } from "./ops";

export const REROUTE = "Reroute";
/** The one input of a reroute has no name. */
export const REROUTE_INPUT = "";
/** The box of a reroute, whose dot is in its middle. */
export const REROUTE_BOX = 20;

export function isReroute(node: Pick<NodeJSON, "type">): boolean {
  return node.type === REROUTE;
}

/** The first output above the reroutes in a row; null if nothing feeds them. `running`: nor if one of them is muted. */
export function sourceBehind(doc: Doc, id: string, slot: number, running = false): { node: NodeJSON; slot: number } | null {
  let at: [string, number] = [id, slot];
  const seen = new Set<string>();
  for (;;) {
    const node = doc.nodes.get(at[0]);
    if (!node || seen.has(node.id) || (running && node.mode === "muted" && isReroute(node))) return null;
    if (!isReroute(node)) return { node, slot: at[1] };
    seen.add(node.id);
    const link = linkOf(node, REROUTE_INPUT) ?? Object.values(node.links)[0];
    if (!link) return null;
    at = link;
  }
}

/** Puts a reroute into a link, with its dot at this point. */
export function rerouting(doc: Doc, plug: Plug, x: number, y: number): { id: string; ops: Op[] } {
  const id = freshId(doc);
  const position: [number, number] = [Math.round(x - REROUTE_BOX / 2), Math.round(y - REROUTE_BOX / 2)];
  const node: NodeJSON = { id, type: REROUTE, values: {}, links: { [REROUTE_INPUT]: [plug.source, plug.slot] }, position };
  return {
    id,
    ops: [
      { op: "add", node },
      { op: "link", id: plug.target, input: plug.input, source: [id, 0] },
    ],
  };
}
