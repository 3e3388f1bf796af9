/** Everything that can be done with the editor, once: the toolbar, the keys and the palette all call these. */
import { fittingInput, fittingOutput, type Plug, refusal } from "../core/compatibility";
import { freshId, linkOf, literalOf, type NodeJSON, type NodeMode } from "../core/document";
import { apply, type Op, removal } from "../core/ops";
import { arrange, freeSpot } from "../core/placement";
import { healed, insertion } from "../core/rewiring";
import { SOCKET_ROW } from "../core/size";
import { type SpecJSON, shownValue } from "../core/specs";
import { isHarmless } from "../core/status";
import { type Box, estimatedBox, placesOf, sizeReader } from "./geometry";
import { Looking } from "./looking";
import type { PaletteRequest, Spot } from "./view";

export class Actions extends Looking {
  /** Lets go of a link that is being made; set by the canvas, which alone can reach React Flow's own state. */
  dropLink: () => void = () => {};

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

  refusalOf = (plug: Plug): string | null => refusal(this.session.specs, this.session.doc, plug);
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
