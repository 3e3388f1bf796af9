/** A link: 2 px in the colour of its source, over an underlay in the canvas' colour, so that crossings read as over and under. */
import { type EdgeProps, useConnection } from "@xyflow/react";
import { memo } from "react";
import { useView } from "./context";
import type { FlowEdge } from "./flow";
import { typeColours } from "./Glyph";

/** A curve with level ends; its handles are half the way across long, 34 to 160 px. */
export function curve(x1: number, y1: number, x2: number, y2: number): string {
  const reach = Math.min(160, Math.max(34, Math.abs(x2 - x1) / 2));
  return `M${x1},${y1} C${x1 + reach},${y1} ${x2 - reach},${y2} ${x2},${y2}`;
}

export const LinkView = memo(function LinkView({ id, sourceX, sourceY, targetX, targetY, data, selected }: EdgeProps<FlowEdge>) {
  const path = curve(sourceX, sourceY, targetX, targetY);
  return (
    <g
      className="vnb-link"
      style={typeColours(data?.type ?? "*")}
      data-vnb-link={id}
      data-faded={data?.faded || undefined}
      data-selected={selected || undefined}
    >
      <path className="vnb-link-under" d={path} />
      <path className="vnb-link-line react-flow__edge-path" d={path} />
      <path className="react-flow__edge-interaction vnb-link-touch" d={path} />
    </g>
  );
});

/** The link in the air while one is being made: dashed until it is dropped. */
export function LooseLink() {
  const connecting = useView("connecting", (view) => view.connecting);
  const { from, to, fromHandle, toHandle, isValid } = useConnection();
  if (!from || !to || !fromHandle || !connecting) return null;
  const path = fromHandle.type === "source" ? curve(from.x, from.y, to.x, to.y) : curve(to.x, to.y, from.x, from.y);
  return (
    <g
      className="vnb-link vnb-link-loose"
      style={typeColours(connecting.type)}
      data-refused={(toHandle && isValid === false) || undefined}
    >
      <path className="vnb-link-under" d={path} />
      <path className="vnb-link-line" d={path} />
    </g>
  );
}
