/** Where one looks: zoom, what is in view, from node to node, and where a word is said. */
import type { ReactFlowInstance } from "@xyflow/react";
import type { NodeJSON } from "../core/document";
import type { Session } from "../sync/session";
import { placesOf, sizeReader } from "./geometry";
import type { Spot, View } from "./view";

const FIT = { padding: 0.06, maxZoom: 1 };

export class Looking {
  flow: ReactFlowInstance | null = null;
  protected lastPointer: Spot | null = null;

  constructor(
    protected readonly session: Session,
    protected readonly view: View,
    protected readonly root: () => HTMLElement | null,
  ) {}

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

  protected selected(): NodeJSON[] {
    return [...this.view.selection].flatMap((id) => this.session.doc.nodes.get(id) ?? []);
  }
}

function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
