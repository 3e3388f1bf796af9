/** Cutting links: a stroke drawn with Ctrl held down takes out every link that it crosses. */
import { useReactFlow, ViewportPortal } from "@xyflow/react";
import { type MouseEvent, type PointerEvent, useMemo } from "react";
import type { Op } from "../core/ops";
import { useView, useWorkbench } from "./context";
import { linksCutBy } from "./link_places";
import type { Spot } from "./view";

/** A new point of the stroke comes after this way, in pixels of the screen. */
const APART = 3;

/** Handlers for the canvas' box. They come before React Flow's, which would pan. */
export function useCutting() {
  const { session, view, actions } = useWorkbench();
  return useMemo(() => {
    let stroke: Spot[] | null = null;
    let last: Spot = { x: 0, y: 0 };
    const begins = (event: MouseEvent | PointerEvent) => {
      const on = event.target as Element;
      return (
        event.button === 0 &&
        (event.ctrlKey || event.metaKey) &&
        !on.closest(".react-flow__node, .react-flow__panel, .vnb-frame-head, .vnb-frame-grip")
      );
    };
    const end = () => {
      const { flow } = actions;
      if (stroke && stroke.length > 1 && flow) {
        const cut = linksCutBy(flow, session, stroke);
        session.edit(cut.map(({ target, input }): Op => ({ op: "unlink", id: target, input })));
        if (cut.length > 0) actions.say(cut.length === 1 ? "1 link cut" : `${cut.length} links cut`, "said");
      }
      stroke = null;
      view.update("stroke", []);
    };
    return {
      onPointerDownCapture: (event: PointerEvent<HTMLElement>) => {
        if (!begins(event) || !actions.flow) return;
        event.stopPropagation();
        last = { x: event.clientX, y: event.clientY };
        stroke = [actions.flow.screenToFlowPosition(last)];
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onMouseDownCapture: (event: MouseEvent) => {
        if (begins(event)) event.stopPropagation();
      },
      onPointerMoveCapture: (event: PointerEvent) => {
        if (!stroke || !actions.flow || Math.hypot(event.clientX - last.x, event.clientY - last.y) < APART) return;
        last = { x: event.clientX, y: event.clientY };
        stroke = [...stroke, actions.flow.screenToFlowPosition(last)];
        view.update("stroke", stroke);
      },
      onPointerUpCapture: end,
      onPointerCancelCapture: () => {
        stroke = null;
        view.update("stroke", []);
      },
    };
  }, [session, view, actions]);
}

/** The stroke while it is drawn. */
export function Stroke() {
  const stroke = useView("stroke", (view) => view.stroke);
  const flow = useReactFlow();
  if (stroke.length < 2) return null;
  return (
    <ViewportPortal>
      <svg className="vnb-over-canvas vnb-stroke" aria-hidden="true" width={1} height={1}>
        <polyline points={stroke.map(({ x, y }) => `${x},${y}`).join(" ")} strokeWidth={2 / flow.getZoom()} />
      </svg>
    </ViewportPortal>
  );
}
