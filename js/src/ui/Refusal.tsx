/** Why a link can't be made, at the pointer: while it hovers over the wrong socket, and for a moment after it was dropped there. */
import { useConnection } from "@xyflow/react";
import { createPortal } from "react-dom";
import { inputOf, slotOf } from "./actions";
import { useView, useWorkbench } from "./context";
import type { Hint } from "./view";

export function Refusal() {
  const { root } = useWorkbench();
  const hint = useView("hint", (view) => view.hint);
  const frame = root()?.getBoundingClientRect();
  const host = root()?.querySelector(".vnb-overlays");
  if (!hint || !frame || !host) return null;
  return createPortal(
    <Flag text={hint.text} tone={hint.tone} x={hint.at.x - frame.left} y={hint.at.y - frame.top} width={frame.width} />,
    host,
  );
}

function Flag({ text, tone, x, y, width }: { text: string; tone: Hint["tone"]; x: number; y: number; width: number }) {
  const left = Math.min(x + 14, width - 220);
  return (
    <div className="vnb-refusal" role="status" data-tone={tone} style={{ left: Math.max(8, left), top: y + 14 }}>
      {text}
    </div>
  );
}

/** The same while the link is still in the air; lives inside React Flow, where the pointer's place is known. */
export function HoverRefusal() {
  const { actions } = useWorkbench();
  const { toHandle, fromHandle, isValid, pointer } = useConnection();
  if (!toHandle?.id || !fromHandle?.id || isValid !== false || !pointer || toHandle.type === fromHandle.type) return null;
  const [source, target] = fromHandle.type === "source" ? [fromHandle, toHandle] : [toHandle, fromHandle];
  if (!source.id || !target.id) return null;
  const reason = actions.refusalOf({
    source: source.nodeId,
    slot: slotOf(source.id),
    target: target.nodeId,
    input: inputOf(target.id),
  });
  if (!reason) return null;
  return (
    <div className="vnb-refusal" role="status" style={{ left: pointer.x + 14, top: pointer.y + 14 }}>
      {reason}
    </div>
  );
}
