/** The editor's bottom edge: drag it, or press the arrow keys on it, to make the editor taller. */
import { type PointerEvent, useRef } from "react";

export const DEFAULT_HEIGHT = 560;
const LEAST = 280;
const MOST = 2400;

export function HeightGrip({ height, onHeight }: { height: number; onHeight(height: number): void }) {
  const start = useRef<{ y: number; height: number } | null>(null);
  const put = (next: number) => onHeight(Math.min(MOST, Math.max(LEAST, Math.round(next))));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { y: event.clientY, height };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (start.current) put(start.current.height + event.clientY - start.current.y);
  };
  const end = () => {
    start.current = null;
  };
  return (
    <div
      className="vnb-height"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the editor"
      aria-valuenow={height}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      title="Drag to change the height; double click for the usual one"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={() => put(DEFAULT_HEIGHT)}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        event.stopPropagation();
        put(height + (event.key === "ArrowDown" ? 20 : -20));
      }}
    />
  );
}
