/** A link that was dropped on free ground: it stays in sight, dashed, while the search for its other end is open. */
import { ViewportPortal } from "@xyflow/react";
import { pathOf } from "../core/curve";
import { useView, useWorkbench } from "./context";
import { Glyph, typeColours } from "./Glyph";
import { socketPlace } from "./link_places";
import type { PaletteRequest } from "./view";

export function WaitingLink() {
  const { actions } = useWorkbench();
  const request = useView("palette", (view) => view.palette);
  const from = request?.opening?.from;
  const place = from && !request.all && actions.flow && socketPlace(actions.flow, from.node, from.side, from.handle);
  if (!place) return null;
  const { flow: end } = request;
  const path = from.side === "source" ? pathOf(place.x, place.y, end.x, end.y) : pathOf(end.x, end.y, place.x, place.y);
  return (
    <ViewportPortal>
      <svg className="vnb-over-canvas" aria-hidden="true" width={1} height={1}>
        <g className="vnb-link vnb-link-loose" style={typeColours(from.type)}>
          <path className="vnb-link-under" d={path} />
          <path className="vnb-link-line" d={path} />
        </g>
      </svg>
    </ViewportPortal>
  );
}

/** Its end, at the edge of the search. */
export function WaitingEnd({ request: { opening, screen, all } }: { request: PaletteRequest }) {
  if (!opening || all) return null;
  return (
    <span className="vnb-waiting-end" style={{ left: screen.x, top: screen.y }} aria-hidden="true">
      <Glyph type={opening.type} />
    </span>
  );
}
