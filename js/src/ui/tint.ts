/** The colour that someone gave to a node or a frame, for the stylesheet to mix. */
import type { CSSProperties } from "react";
import { safeColour } from "../core/colours";

export function tintOf(colour: string | null | undefined): CSSProperties | undefined {
  const safe = safeColour(colour);
  return safe ? ({ "--vnb-own": safe } as CSSProperties) : undefined;
}
