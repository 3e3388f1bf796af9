/** The right edge of a node: drag it to change the width, in steps of 10; double click gives it its own width back. */
import { useReactFlow } from "@xyflow/react";
import { type PointerEvent, useRef } from "react";
import type { NodeJSON } from "../core/document";
import { MIN_WIDTH } from "../core/size";
import { useWorkbench } from "./context";

export function ResizeEdge({ node }: { node: NodeJSON }) {
  const { session, view } = useWorkbench();
  const flow = useReactFlow();
  const start = useRef<{ x: number; width: number; height: number } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.closest<HTMLElement>(".vnb-node");
    if (event.button !== 0 || !box) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, width: box.offsetWidth, height: box.offsetHeight };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const from = start.current;
    if (!from) return;
    const width = Math.max(MIN_WIDTH, Math.round((from.width + (event.clientX - from.x) / flow.getZoom()) / 10) * 10);
    if (view.resized?.width !== width) view.update("resized", { id: node.id, width });
  };
  const onPointerUp = () => {
    const width = view.resized?.width;
    const from = start.current;
    start.current = null;
    view.update("resized", null);
    if (from && width !== undefined && width !== from.width)
      session.edit([{ op: "resize", id: node.id, size: [width, from.height] }]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: widths are a comfort of the pointer
    <div
      className="vnb-edge-grip nodrag nopan"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onDoubleClick={(event) => {
        event.stopPropagation();
        if (node.size) session.edit([{ op: "resize", id: node.id, size: null }]);
      }}
    />
  );
}
