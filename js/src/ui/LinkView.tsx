/** A link: 2 px in the colour of its source, over an underlay in the canvas' colour, so that crossings read as over and under. */
import { type EdgeProps, useConnection } from "@xyflow/react";
import { memo } from "react";
import { pathOf } from "../core/curve";
import { useView } from "./context";
import type { FlowEdge } from "./flow";
import { typeColours } from "./Glyph";

export const LinkView = memo(function LinkView({ id, sourceX, sourceY, targetX, targetY, data, selected }: EdgeProps<FlowEdge>) {
  const path = pathOf(sourceX, sourceY, targetX, targetY);
  const open = useView("dropLink", (view) => view.dropLink === id);
  return (
    <g
      className="vnb-link"
      style={typeColours(data?.type ?? "*")}
      data-vnb-link={id}
      data-faded={data?.faded || undefined}
      data-selected={selected || undefined}
      data-open={open || undefined}
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
  const path = fromHandle.type === "source" ? pathOf(from.x, from.y, to.x, to.y) : pathOf(to.x, to.y, from.x, from.y);
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
