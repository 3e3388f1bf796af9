/** Places for nodes: dagre from left to right for a whole graph, a free spot beside their neighbours for single ones. */
import { Graph, layout } from "@dagrejs/dagre";
import { consumersOf, type Doc, type NodeJSON } from "./document";

export interface Size {
  width: number;
  height: number;
}

export type Places = Record<string, [number, number]>;

const COLUMN = 56;
const ROW = 40;

/** A tidy place for each node: columns by depth, rows without crossings where that can be. The corner of the graph is at 0, 0. */
export function arrange(doc: Doc, sizeOf: (id: string) => Size, only?: ReadonlySet<string>): Places {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: "LR",
    ranksep: COLUMN,
    nodesep: ROW,
    edgesep: 16,
    marginx: 0,
    marginy: 0,
    ranker: "network-simplex",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const chosen = [...doc.nodes.keys()].filter((id) => !only || only.has(id));
  for (const id of chosen) graph.setNode(id, { ...sizeOf(id) });
  const inside = new Set(chosen);
  for (const id of chosen) {
    for (const [input, [source]] of Object.entries(doc.nodes.get(id)?.links ?? {})) {
      // Named, for two links can join the same two nodes; dagre loses a link whose name is empty, as a reroute's input is.
      if (inside.has(source) && source !== id) graph.setEdge(source, id, {}, `in:${input}`);
    }
  }
  layout(graph);
  const places: Places = {};
  for (const id of chosen) {
    const { x, y } = graph.node(id) as { x: number; y: number };
    const { width, height } = sizeOf(id);
    places[id] = [Math.round(x - width / 2), Math.round(y - height / 2)];
  }
  return stacked(doc, places, sizeOf);
}

/**
 * Each column stacked from the top as a page is read: in the order of the sockets that its nodes feed, and never above the node that
 * feeds them. dagre gives the columns; it knows nothing of sockets, and centres what should begin at one line.
 */
function stacked(doc: Doc, places: Places, sizeOf: (id: string) => Size): Places {
  const columns = columnsOf(doc, places, sizeOf);
  const order = new Map<string, number>();
  for (const ids of [...columns].reverse()) {
    for (const id of ids) order.set(id, orderKey(doc, places, order, id));
    ids.sort((a, b) => (order.get(a) as number) - (order.get(b) as number));
    ids.forEach((id, i) => {
      order.set(id, i);
    });
  }
  const out: Places = {};
  for (const ids of columns) {
    let free = 0;
    const left = Math.min(...ids.map((id) => (places[id] as [number, number])[0]));
    for (const id of ids) {
      const y = Math.max(free, feederTop(doc, out, id));
      out[id] = [left, y];
      free = y + sizeOf(id).height + ROW;
    }
  }
  return out;
}

function columnsOf(doc: Doc, places: Places, sizeOf: (id: string) => Size): string[][] {
  const columns = new Map<number, string[]>();
  for (const id of doc.nodes.keys()) {
    const place = places[id];
    if (!place) continue;
    const middle = Math.round((place[0] + sizeOf(id).width / 2) / 8);
    columns.set(middle, [...(columns.get(middle) ?? []), id]);
  }
  return [...columns].sort(([a], [b]) => a - b).map(([, ids]) => ids);
}

/** Where a node comes in its column: by the consumer that stands highest, then by which of its sockets is fed. */
function orderKey(doc: Doc, places: Places, order: ReadonlyMap<string, number>, id: string): number {
  let key = Number.POSITIVE_INFINITY;
  for (const { node, input } of consumersOf(doc).get(id) ?? []) {
    const at = order.get(node);
    if (at === undefined) continue;
    const inputs = Object.keys(doc.nodes.get(node)?.links ?? {});
    key = Math.min(key, at * 1000 + inputs.indexOf(input));
  }
  return Number.isFinite(key) ? key : 500_000 + (places[id] as [number, number])[1];
}

/** The top of the node that feeds the first linked socket; the top line if there is none. */
function feederTop(doc: Doc, placed: Places, id: string): number {
  const [first] = Object.values(doc.nodes.get(id)?.links ?? {});
  return first ? (placed[first[0]]?.[1] ?? 0) : 0;
}

/**
 * A place for every node that the document has none for. Places in `kept` were given before and stay.
 * A graph without any is arranged as a whole; a single newcomer goes beside what it is linked with, on free ground.
 */
export function placeMissing(doc: Doc, kept: Places, sizeOf: (id: string) => Size): Places {
  const homeless = [...doc.nodes.values()].filter((node) => !node.position && !Object.hasOwn(kept, node.id));
  if (homeless.length === 0) return kept;
  const placed = homeless.length < doc.nodes.size;
  if (!placed) return arrange(doc, sizeOf);
  const places: Places = { ...kept };
  const at = (id: string): [number, number] | undefined => doc.nodes.get(id)?.position ?? places[id];
  for (const node of homeless) places[node.id] = freeSpot(doc, at, sizeOf, wish(doc, node, at, sizeOf), sizeOf(node.id));
  return places;
}

type At = (id: string) => [number, number] | undefined;

function wish(doc: Doc, node: NodeJSON, at: At, sizeOf: (id: string) => Size): [number, number] {
  for (const [source] of Object.values(node.links)) {
    const place = at(source);
    if (place) return [place[0] + sizeOf(source).width + COLUMN, place[1]];
  }
  for (const { node: consumer } of consumersOf(doc).get(node.id) ?? []) {
    const place = at(consumer);
    if (place) return [place[0] - sizeOf(node.id).width - COLUMN, place[1]];
  }
  let right = 0;
  let top = Number.POSITIVE_INFINITY;
  for (const id of doc.nodes.keys()) {
    const place = at(id);
    if (!place) continue;
    right = Math.max(right, place[0] + sizeOf(id).width + COLUMN);
    top = Math.min(top, place[1]);
  }
  return [right, Number.isFinite(top) ? top : 0];
}

/** The first spot at or below `wanted` where a box of this size covers no node. */
export function freeSpot(doc: Doc, at: At, sizeOf: (id: string) => Size, wanted: [number, number], size: Size): [number, number] {
  let [x, y] = wanted;
  for (let tries = 0; tries < 200; tries++) {
    const hit = [...doc.nodes.keys()].find((id) => {
      const place = at(id);
      const other = sizeOf(id);
      return (
        place &&
        x < place[0] + other.width + 16 &&
        place[0] < x + size.width + 16 &&
        y < place[1] + other.height + 16 &&
        place[1] < y + size.height + 16
      );
    });
    if (hit === undefined) break;
    y = (at(hit) as [number, number])[1] + sizeOf(hit).height + ROW;
  }
  x = Math.round(x);
  y = Math.round(y);
  return [x, y];
}
