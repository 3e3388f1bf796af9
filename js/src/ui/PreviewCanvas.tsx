/** The canvas on which a node's live previews are drawn; no frame goes through React. */
import { useEffect, useRef } from "react";
import { useWorkbench } from "./context";

export function PreviewCanvas({ id, label, className }: { id: string; label: string; className?: string }) {
  const { session } = useWorkbench();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? session.media.attach(id, canvas.current) : undefined), [session, id]);
  return (
    <canvas
      ref={canvas}
      className={className}
      role="img"
      aria-label={label}
      data-vnb-preview={id}
      data-frame="-1"
      width={1}
      height={1}
    />
  );
}
