/** Everything that can be done with the editor, once: the toolbar, the keys and the palette all call these. */
import type { ReactFlowInstance } from "@xyflow/react";
import { fittingInput, fittingOutput, type Plug, refusal } from "../core/compatibility";
import { freshId, linkOf, literalOf, type NodeJSON, type NodeMode } from "../core/document";
import { apply, type Op, removal } from "../core/ops";
import { arrange, freeSpot } from "../core/placement";
import { healed, insertion } from "../core/rewiring";
import { SOCKET_ROW } from "../core/size";
import { type SpecJSON, shownValue } from "../core/specs";
import { isHarmless } from "../core/status";
import type { Session } from "../sync/session";
import { type Box, estimatedBox, placesOf, sizeReader } from "./geometry";
import type { PaletteRequest, Spot, View } from "./view";

const FIT = { padding: 0.06, maxZoom: 1 };

export class Actions {
  flow: ReactFlowInstance | null = null;
  /** Lets go of a link that is being made; set by the canvas, which alone can reach React Flow's own state. */
  dropLink: () => void = () => {};
  private lastPointer: Spot | null = null;

  constructor(
    private readonly session: Session,
    private readonly view: View,
    private readonly root: () => HTMLElement | null,
  ) {}

  // --- running --------------------------------------------------------------------------------------------------------

  /** Runs the workflow; says where it is stuck if it can't run. */
  run = (): void => {
    if (this.session.doc.nodes.size === 0) return;
    const problem = this.session.problems.find((candidate) => candidate.node !== null && !isHarmless(candidate));
    if (problem?.node && this.session.doc.nodes.has(problem.node)) {
      this.view.toggle("openCards", problem.node, true);
      this.goTo(problem.node);
    }
    this.session.start();
  };

  /** Runs what is selected and what it needs. */
  runSelection = (): void => {
    const chosen = this.selected().map(({ id }) => id);
    if (chosen.length > 0) this.session.start(chosen);
    else this.run();
  };

  stop = (): void => this.session.stop();

  // --- history --------------------------------------------------------------------------------------------------------

  undo = (): void => {
    if (this.session.undoable) this.session.undo();
  };

  redo = (): void => {
    if (this.session.canRedo) this.session.redo();
  };

  // --- the graph ------------------------------------------------------------------------------------------------------

  rename = (name: string): void => {
    if (name !== this.session.doc.name) this.session.edit([{ op: "rename", name }]);
  };

  removeSelected = (): void => {
    const { selection, selectedLinks, selectedFrames } = this.view;
    const ops: Op[] = [...selectedLinks].flatMap((key): Op[] => {
      const plug = parseLink(key);
      return plug && !selection.has(plug.target) && !selection.has(plug.source)
        ? [{ op: "unlink", id: plug.target, input: plug.input }]
        : [];
    });
    for (const id of selectedFrames) ops.push({ op: "frame", id, frame: null });
    ops.push(...removal([...selection].filter((id) => this.session.doc.nodes.has(id))));
    this.session.edit(ops);
    this.view.select([]);
  };

  /** Takes the selected nodes out and joins what fed them to what they fed. */
  healSelected = (): void => {
    const ids = new Set([...this.view.selection].filter((id) => this.session.doc.nodes.has(id)));
    if (ids.size === 0) {
      this.removeSelected();
      return;
    }
    this.session.edit(healed(this.session.specs, this.session.doc, ids));
    this.view.select([]);
  };

  /** Sets the mode of the selected nodes; all of them back on if all have it already. */
  toggleMode = (mode: NodeMode): void => {
    const nodes = this.selected();
    const off = nodes.every((node) => node.mode === mode);
    this.session.edit(nodes.map((node): Op => ({ op: "mode", id: node.id, mode: off ? "on" : mode })));
  };

  /** Puts nodes there, with what else belongs to the same step. */
  move = (moved: ReadonlyMap<string, [number, number]>, more: Op[] = []): void => {
    if (moved.size === 0) return;
    const positions: Record<string, [number, number]> = { ...this.view.places };
    for (const id of Object.keys(positions)) if (!this.session.doc.nodes.has(id)) delete positions[id];
    for (const [id, [x, y]] of moved) positions[id] = [Math.round(x), Math.round(y)];
    const merge = more.length > 0 ? {} : { merge: `move:${[...moved.keys()].join()}` };
    this.session.edit([{ op: "move", positions }, ...more], merge);
  };

  /** Moves the selection by keys. */
  nudge = (dx: number, dy: number): void => {
    const at = placesOf(this.session, this.view);
    this.move(new Map(this.selected().map(({ id }) => [id, [at(id)[0] + dx, at(id)[1] + dy]])));
  };

  tidy = (): void => {
    const { session, view } = this;
    if (session.doc.nodes.size === 0) return;
    const chosen = view.selection.size > 1 && view.selection.size < session.doc.nodes.size ? view.selection : undefined;
    const positions = arrange(session.doc, sizeReader(session, view), chosen);
    if (chosen) {
      const at = placesOf(session, view);
      const left = Math.min(...[...chosen].map((id) => at(id)[0]));
      const top = Math.min(...[...chosen].map((id) => at(id)[1]));
      for (const place of Object.values(positions)) {
        place[0] += left;
        place[1] += top;
      }
    }
    this.root()?.setAttribute("data-tidying", "");
    setTimeout(() => this.root()?.removeAttribute("data-tidying"), 300);
    session.edit([{ op: "move", positions }]);
    if (!chosen) requestAnimationFrame(() => this.fitAll());
  };

  connect = (plug: Plug, unplugged: { node: string; input: string } | null): void => {
    const moved = unplugged && (unplugged.node !== plug.target || unplugged.input !== plug.input);
    const node = this.session.doc.nodes.get(plug.target);
    const now = node && linkOf(node, plug.input);
    if (now && now[0] === plug.source && now[1] === plug.slot && !moved) return;
    const ops: Op[] = moved ? [{ op: "unlink", id: unplugged.node, input: unplugged.input }] : [];
    ops.push({ op: "link", id: plug.target, input: plug.input, source: [plug.source, plug.slot] });
    this.session.edit(ops);
  };

  unplug = (node: string, input: string): void => this.session.edit([{ op: "unlink", id: node, input }]);

  // --- adding ---------------------------------------------------------------------------------------------------------

  /** Opens the search at a point of the page, or in the middle of the canvas. */
  openPalette = (page?: Spot, opening: PaletteRequest["opening"] = null, into?: Plug): void => {
    const root = this.root();
    if (!root || !this.flow || this.session.specs.size === 0) return;
    const box = root.getBoundingClientRect();
    const at = page ?? { x: box.left + box.width / 2, y: box.top + Math.min(box.height * 0.3, 170) };
    const screen = { x: at.x - box.left, y: at.y - box.top };
    this.view.update("palette", {
      flow: this.flow.screenToFlowPosition(at),
      screen,
      pointed: page !== undefined,
      opening,
      ...(into ? { into } : {}),
    });
  };

  rememberPointer = (spot: Spot | null): void => {
    this.lastPointer = spot;
  };

  /** Where something new goes that was asked for by a key: under the pointer, else in the middle of what is in view. */
  placeInView = (): Spot => {
    const box = this.root()?.querySelector(".vnb-canvas")?.getBoundingClientRect();
    const middle = box ? { x: box.left + box.width / 2 - 100, y: box.top + box.height * 0.3 } : { x: 0, y: 0 };
    return this.flow?.screenToFlowPosition(this.lastPointer ?? middle) ?? middle;
  };

  /** Says something for a moment, at the pointer or at the top of the canvas. */
  say = (text: string, tone: "refused" | "said" = "refused"): void => {
    const box = this.root()?.querySelector(".vnb-stage")?.getBoundingClientRect();
    const top = box ? { x: box.left + box.width / 2 - 120, y: box.top + 8 } : { x: 0, y: 0 };
    this.view.say(text, this.lastPointer ?? top, tone);
  };

  /** Where on the page the selected node is: its upper left, a little inside. */
  selectionSpot = (): Spot | null => {
    const [id] = this.view.selection;
    const box =
      id === undefined
        ? undefined
        : this.root()
            ?.querySelector(`[data-vnb-node="${CSS.escape(id)}"]`)
            ?.getBoundingClientRect();
    return box ? { x: box.left + 24, y: box.top + 24 } : null;
  };

  openPaletteAtPointer = (): void => this.openPalette(this.lastPointer ?? undefined);

  /** Adds a node of this class and plugs it into the opening that asked for it. */
  addNode = (spec: SpecJSON, request: PaletteRequest): void => {
    const { session, view } = this;
    const id = freshId(session.doc);
    const values: NodeJSON["values"] = {};
    const bare: NodeJSON = { id, type: spec.type, values: {}, links: {} };
    for (const input of spec.inputs) if (input.widget) values[input.name] = shownValue(input, bare);
    const node: NodeJSON = { ...bare, values, position: [0, 0] };
    const box = estimatedBox(session.specs, session.doc, node, false);
    node.position = this.placeFor(spec, request, box);
    const ops: Op[] = [{ op: "add", node }];
    const from = request.opening?.from;
    if (from) ops.push(...this.plugInto(spec, id, from));
    if (request.into) ops.push(...(insertion(session.specs, apply(session.doc, ops[0] as Op), request.into, id) ?? []));
    session.edit(ops);
    view.select([id]);
    requestAnimationFrame(() => {
      this.focusNode(id);
      if (!request.pointed) this.goTo(id);
    });
  };

  private plugInto(spec: SpecJSON, id: string, from: NonNullable<PaletteRequest["opening"]>["from"]): Op[] {
    if (from.side === "source") {
      const input = fittingInput(spec, from.type);
      const away: Op[] = from.unplugged ? [{ op: "unlink", id: from.unplugged.node, input: from.unplugged.input }] : [];
      return input ? [...away, { op: "link", id, input: input.name, source: [from.node, slotOf(from.handle)] }] : away;
    }
    const slot = fittingOutput(spec, from.type);
    return slot >= 0 ? [{ op: "link", id: from.node, input: inputOf(from.handle), source: [id, slot] }] : [];
  }

  /** The new node's socket lies where the link was dropped, or its header under the pointer; else it goes to free ground in sight. */
  private placeFor(spec: SpecJSON, request: PaletteRequest, box: Box): [number, number] {
    const { x, y } = request.flow;
    const from = request.opening?.from;
    if (!from && !request.pointed) {
      const at = placesOf(this.session, this.view);
      return freeSpot(this.session.doc, at, sizeReader(this.session, this.view), [x - box.width / 2, y], box);
    }
    if (!from) return [Math.round(x - 100), Math.round(y - 17)];
    const name = from.side === "source" ? `in:${fittingInput(spec, from.type)?.name}` : `out:${fittingOutput(spec, from.type)}`;
    const handle = box.handles.find((candidate) => candidate.id === name);
    return [Math.round(x - (handle?.x ?? 0)), Math.round(y - (handle?.y ?? SOCKET_ROW))];
  }

  // --- looking --------------------------------------------------------------------------------------------------------

  selectAll = (): void => this.view.select(this.session.doc.nodes.keys());

  fitAll = (): void => void this.flow?.fitView({ ...FIT, duration: calm() ? 0 : 240 });

  fitSelection = (): void => {
    const nodes = this.selected();
    if (nodes.length === 0) {
      this.fitAll();
      return;
    }
    void this.flow?.fitView({ ...FIT, padding: 0.2, nodes, duration: calm() ? 0 : 240 });
  };

  zoom = (by: "in" | "out" | "100"): void => {
    const duration = calm() ? 0 : 120;
    if (by === "in") void this.flow?.zoomIn({ duration });
    else if (by === "out") void this.flow?.zoomOut({ duration });
    else void this.flow?.zoomTo(1, { duration });
  };

  /** Selects a node and brings it into view if it is out of it. */
  goTo = (id: string): void => {
    this.view.select([id]);
    const { flow } = this;
    const box = this.root()?.querySelector(".vnb-canvas")?.getBoundingClientRect();
    if (!flow || !box) return;
    const [x, y] = placesOf(this.session, this.view)(id);
    const { width, height } = sizeReader(this.session, this.view)(id);
    const corner = flow.flowToScreenPosition({ x, y });
    const far = flow.flowToScreenPosition({ x: x + width, y: y + height });
    const inside = corner.x >= box.left && corner.y >= box.top && far.x <= box.right && far.y <= box.bottom;
    if (!inside)
      void flow.fitView({ nodes: [{ id }], maxZoom: Math.max(0.6, flow.getZoom()), minZoom: 0.6, duration: calm() ? 0 : 240 });
  };

  focusNode = (id: string): void => {
    const element = this.root()?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
    element?.focus({ preventScroll: true });
  };

  /** Goes to the nearest node in a direction from the selected one. */
  step = (dx: number, dy: number): void => {
    const [from] = this.view.selection;
    const at = placesOf(this.session, this.view);
    const size = sizeReader(this.session, this.view);
    const centre = (id: string): Spot => ({ x: at(id)[0] + size(id).width / 2, y: at(id)[1] + size(id).height / 2 });
    const start = from !== undefined && this.session.doc.nodes.has(from) ? centre(from) : { x: -1e9 * dx, y: -1e9 * dy };
    let best: string | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const id of this.session.doc.nodes.keys()) {
      if (id === from) continue;
      const { x, y } = centre(id);
      const along = (x - start.x) * dx + (y - start.y) * dy;
      const across = Math.abs((x - start.x) * dy) + Math.abs((y - start.y) * dx);
      if (along > 1 && along + 2 * across < least) [best, least] = [id, along + 2 * across];
    }
    if (best === null) return;
    this.goTo(best);
    this.focusNode(best);
  };

  refusalOf = (plug: Plug): string | null => refusal(this.session.specs, this.session.doc, plug);

  private selected(): NodeJSON[] {
    return [...this.view.selection].flatMap((id) => this.session.doc.nodes.get(id) ?? []);
  }
}

/** A number of a field as it is now, whatever the document says of its type. */
export function numberOf(node: NodeJSON, input: string, otherwise: number): number {
  const value = literalOf(node, input);
  return typeof value === "number" ? value : otherwise;
}

export function slotOf(handle: string): number {
  return Number(handle.slice("out:".length));
}

export function inputOf(handle: string): string {
  return handle.slice("in:".length);
}

/** The key of the link into an input: inputs have one link at most. */
export function linkKey(target: string, input: string, source: string, slot: number): string {
  return JSON.stringify([target, input, source, slot]);
}

export function parseLink(key: string): Plug | null {
  try {
    const [target, input, source, slot] = JSON.parse(key) as [string, string, string, number];
    return { target, input, source, slot };
  } catch {
    return null;
  }
}

function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
