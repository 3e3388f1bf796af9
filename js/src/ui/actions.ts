/** Everything that can be done with the editor, once: the toolbar, the keys and the palette all call these. */
import { type Plug, refusal } from "../core/compatibility";
import { linkOf, literalOf, type NodeJSON, type NodeMode } from "../core/document";
import { hindrance } from "../core/hindrance";
import { type Op, removal } from "../core/ops";
import { arrange } from "../core/placement";
import { healed } from "../core/rewiring";
import { placesOf, sizeReader } from "./geometry";
import { Looking } from "./looking";
import type { PaletteRequest, Spot } from "./view";

export class Actions extends Looking {
  /** Lets go of a link that is being made; set by the canvas, which alone can reach React Flow's own state. */
  dropLink: () => void = () => {};

  // --- running --------------------------------------------------------------------------------------------------------

  /** Runs the workflow; says where it is stuck if it can't run. */
  run = (): void => {
    if (this.session.doc.nodes.size === 0) return;
    const { specs, doc, problems } = this.session;
    const problem = hindrance(specs, doc, problems);
    if (problem?.node && doc.nodes.has(problem.node)) {
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
