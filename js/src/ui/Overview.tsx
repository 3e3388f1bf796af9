/** The map in the corner: there when something lies outside the view and the editor is wide enough. */
import { MiniMap, useStore } from "@xyflow/react";
import { useCallback } from "react";
import { useSession, useWorkbench } from "./context";
import type { FlowNode } from "./flow";
import { HoverRefusal } from "./Refusal";

const NARROW = 700;

export function Overview() {
  const { session } = useWorkbench();
  const needed = useStore(({ width, height, transform: [x, y, zoom], nodes }) => {
    if (width < NARROW || nodes.length === 0) return false;
    return nodes.some((node) => {
      const left = node.position.x * zoom + x;
      const top = node.position.y * zoom + y;
      const right = left + (node.measured?.width ?? 0) * zoom;
      const bottom = top + (node.measured?.height ?? 0) * zoom;
      return left < -4 || top < -4 || right > width + 4 || bottom > height + 4;
    });
  });
  // A new function each time the states change, so that the map paints its nodes again.
  const states = useSession("states", (s) => [...s.doc.nodes.keys()].map((id) => s.state(id)?.state?.[0] ?? "-").join(""));
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const colour = useCallback(
    (node: FlowNode) => {
      const state = session.state(node.id)?.state;
      return `vnb-map-node${state === "running" ? " vnb-map-running" : state === "error" ? " vnb-map-error" : ""}`;
    },
    [session, states],
  );
  return (
    <>
      {needed && (
        <MiniMap<FlowNode>
          className="vnb-map"
          position="bottom-right"
          style={{ width: 120, height: 64 }}
          maskStrokeColor="var(--vnb-text-2)"
          maskStrokeWidth={1.2}
          nodeClassName={colour}
          nodeBorderRadius={12}
          nodeStrokeWidth={0}
          offsetScale={4}
          pannable
          zoomable={false}
          ariaLabel="Overview of the graph"
        />
      )}
      <HoverRefusal />
    </>
  );
}
