/** The canvas' dots: one pixel at every zoom, farther apart when seen from far away. */
import { Background, useStore } from "@xyflow/react";

export function Dots() {
  const zoom = useStore((state) => state.transform[2]);
  const gap = zoom < 0.3 ? 80 : zoom < 0.6 ? 40 : 20;
  return <Background gap={gap} size={1.5 / zoom} color="var(--vnb-dot)" />;
}
