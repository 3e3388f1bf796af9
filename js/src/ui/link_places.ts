/** Where links run on the canvas, and which one a point, a stroke or a node meets. */
import type { ReactFlowInstance } from "@xyflow/react";
import type { Plug } from "../core/compatibility";
import { distanceTo, type Ends, isCutBy, type Point, runsThrough } from "../core/curve";
import type { Rect } from "../core/frames";
import { plugsOf } from "../core/rewiring";
import type { Session } from "../sync/session";

/** Where the link begins and ends, in pixels at 100 %; null while the page does not know one of its nodes. */
export function endsOf(flow: ReactFlowInstance, plug: Plug): Ends | null {
  const from = socketPlace(flow, plug.source, "source", `out:${plug.slot}`);
  const to = socketPlace(flow, plug.target, "target", `in:${plug.input}`);
  return from && to ? { from, to } : null;
}

export function socketPlace(flow: ReactFlowInstance, id: string, side: "source" | "target", handle: string): Point | null {
  const internals = flow.getInternalNode(id)?.internals;
  const bounds = internals?.handleBounds?.[side]?.find((candidate) => candidate.id === handle);
  if (!internals || !bounds) return null;
  const { x, y } = internals.positionAbsolute;
  return { x: x + bounds.x + (side === "source" ? bounds.width : 0), y: y + bounds.y + bounds.height / 2 };
}

/** The links that the stroke cuts. */
export function linksCutBy(flow: ReactFlowInstance, session: Session, stroke: readonly Point[]): Plug[] {
  return plugsOf(session.doc).filter((plug) => {
    const ends = endsOf(flow, plug);
    return ends !== null && isCutBy(ends, stroke);
  });
}

/** The link that runs through a box, nearest to its middle if there are several; `good` chooses among links. */
export function linkThrough(flow: ReactFlowInstance, session: Session, box: Rect, good: (plug: Plug) => boolean): Plug | null {
  const [x, y, width, height] = box;
  const middle = { x: x + width / 2, y: y + height / 2 };
  let best: Plug | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const plug of plugsOf(session.doc)) {
    const ends = endsOf(flow, plug);
    if (!ends || !runsThrough(ends, box)) continue;
    const far = distanceTo(ends, middle);
    if (far < least && good(plug)) [best, least] = [plug, far];
  }
  return best;
}
