/** Adding a node of a class that was chosen: where it goes, and what it is plugged into. */
import { bridging, type Reachable } from "../core/bridging";
import { fittingInput, fittingOutput, type Plug } from "../core/compatibility";
import { freshId, type NodeJSON, type Source } from "../core/document";
import { apply, applyAll, type Op } from "../core/ops";
import { freeSpot } from "../core/placement";
import { insertion } from "../core/rewiring";
import { SOCKET_ROW } from "../core/size";
import { type SpecJSON, shownValue } from "../core/specs";
import { inputOf, slotOf } from "./actions";
import type { Workbench } from "./context";
import { type Box, estimatedBox, placesOf, sizeReader } from "./geometry";
import type { Connecting, PaletteRequest, Spot } from "./view";

/** Room between a node and the one that was put before or behind it. */
const APART = 56;

function fresh({ session }: Workbench, spec: SpecJSON): { node: NodeJSON; box: Box } {
  const values: NodeJSON["values"] = {};
  const bare: NodeJSON = { id: freshId(session.doc), type: spec.type, values: {}, links: {} };
  for (const input of spec.inputs) if (input.widget) values[input.name] = shownValue(input, bare);
  const node: NodeJSON = { ...bare, values, position: [0, 0] };
  return { node, box: estimatedBox(session.specs, session.doc, node, false) };
}

/** Adds a node of this class and plugs it into the opening, or the link, that asked for it. */
export function addNode(bench: Workbench, spec: SpecJSON, request: PaletteRequest): void {
  const { session } = bench;
  const { node, box } = fresh(bench, spec);
  node.position = placeFor(bench, spec, request, box);
  const added: Op = { op: "add", node };
  const ops: Op[] = [added];
  const from = request.opening?.from;
  if (from) ops.push(...pluggedInto(spec, node.id, from));
  if (request.into) ops.push(...(insertion(session.specs, apply(session.doc, added), request.into, node.id) ?? []));
  session.edit(ops);
  show(bench, node.id, request.pointed);
}

/** Adds a node that does not fit by itself, with the one that makes it fit. */
export function addBridged(bench: Workbench, { spec, bridge }: Reachable, request: PaletteRequest): void {
  const { session } = bench;
  const from = request.opening?.from;
  if (!from) return;
  const forward = from.side === "source";
  const { node, box } = fresh(bench, spec);
  const between = estimatedBox(session.specs, session.doc, { ...node, type: bridge.via.type }, false);
  const [x, y] = [Math.round(request.flow.x), Math.round(request.flow.y - SOCKET_ROW * 2)];
  node.position = forward ? [x + between.width + APART, y] : [x - between.width - box.width - APART, y];
  const ops: Op[] = [{ op: "add", node }, ...unplugged(from)];
  const doc = applyAll(session.doc, ops);
  // What is bridged: the output that the link hangs on and a socket of the new node, or the other way round.
  const type = forward ? (bridge.via.outputs[bridge.slot]?.type ?? "*") : (inputType(bridge.via, bridge.input) ?? "*");
  const source: Source = forward ? [from.node, slotOf(from.handle)] : [node.id, fittingOutput(spec, type)];
  const target = forward
    ? { node: node.id, input: fittingInput(spec, type)?.name ?? "" }
    : { node: from.node, input: inputOf(from.handle) };
  ops.push(...bridging(session.specs, doc, bridge, source, target, forward ? [x, y] : [x - between.width, y]).ops);
  session.edit(ops);
  show(bench, node.id, false);
}

/** Puts a bridge between two sockets that don't fit each other. */
export function addBridge(bench: Workbench, bridge: Reachable["bridge"], plug: Plug, from: Connecting, at: Spot): void {
  const { session, actions } = bench;
  const place = actions.flow?.screenToFlowPosition(at) ?? at;
  const away = unplugged(from);
  const doc = applyAll(session.doc, away);
  const target = { node: plug.target, input: plug.input };
  const position: [number, number] = [Math.round(place.x - 260), Math.round(place.y + 40)];
  const { id, ops } = bridging(session.specs, doc, bridge, [plug.source, plug.slot], target, position);
  session.edit([...away, ...ops]);
  show(bench, id, true);
}

function inputType(spec: SpecJSON, name: string): string | undefined {
  return spec.inputs.find((input) => input.name === name)?.type;
}

function unplugged({ unplugged }: Connecting): Op[] {
  return unplugged ? [{ op: "unlink", id: unplugged.node, input: unplugged.input }] : [];
}

function show({ view, actions }: Workbench, id: string, pointed: boolean): void {
  view.select([id]);
  requestAnimationFrame(() => {
    actions.focusNode(id);
    if (!pointed) actions.goTo(id);
  });
}

function pluggedInto(spec: SpecJSON, id: string, from: Connecting): Op[] {
  if (from.side === "source") {
    const input = fittingInput(spec, from.type);
    const away = unplugged(from);
    return input ? [...away, { op: "link", id, input: input.name, source: [from.node, slotOf(from.handle)] }] : away;
  }
  const slot = fittingOutput(spec, from.type);
  return slot >= 0 ? [{ op: "link", id: from.node, input: inputOf(from.handle), source: [id, slot] }] : [];
}

/** The new node's socket lies where the link was dropped, or its header under the pointer; else it goes to free ground in sight. */
function placeFor({ session, view }: Workbench, spec: SpecJSON, request: PaletteRequest, box: Box): [number, number] {
  const { x, y } = request.flow;
  const from = request.opening?.from;
  if (!from && !request.pointed) {
    return freeSpot(session.doc, placesOf(session, view), sizeReader(session, view), [x - box.width / 2, y], box);
  }
  if (!from) return [Math.round(x - 100), Math.round(y - 17)];
  const name = from.side === "source" ? `in:${fittingInput(spec, from.type)?.name}` : `out:${fittingOutput(spec, from.type)}`;
  const handle = box.handles.find((candidate) => candidate.id === name);
  return [Math.round(x - (handle?.x ?? 0)), Math.round(y - (handle?.y ?? SOCKET_ROW))];
}
