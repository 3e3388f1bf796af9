/** A box that hangs on a field, drawn over everything in the editor at the page's own scale. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useWorkbench } from "./context";

interface Props {
  anchor: HTMLElement;
  /** `refocus`: the keyboard closed it, so the focus goes back to the anchor. */
  onClose(refocus: boolean): void;
  children: ReactNode;
}

interface Place {
  left: number;
  top: number;
  width: number;
  maxHeight: number;
}

const MARGIN = 8;
const MOST = 300;

export function Popover({ anchor, onClose, children }: Props) {
  const { root } = useWorkbench();
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const host = root()?.querySelector(".vnb-overlays");
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const frame = root()?.getBoundingClientRect();
    if (frame) setPlace(placeFor(anchor.getBoundingClientRect(), frame, box.current?.scrollHeight ?? MOST));
  }, [anchor, root]);

  useEffect(() => {
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.contains(target)) close.current(false);
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("wheel", outside, { capture: true, passive: true });
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("wheel", outside, true);
    };
  }, [anchor]);

  if (!host) return null;
  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it from anything inside
    <div
      ref={box}
      className="vnb-popover nodrag nopan nowheel"
      style={place ? { ...place } : { opacity: 0 }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        event.stopPropagation();
        onClose(true);
      }}
      onBlur={(event) => {
        if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget)) onClose(false);
      }}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {children}
    </div>,
    host,
  );
}

/** Below the anchor, above it where there is more room; never outside the editor. */
function placeFor(anchor: DOMRect, frame: DOMRect, wanted: number): Place {
  const width = Math.min(Math.max(anchor.width, 200), frame.width - 2 * MARGIN);
  const below = frame.bottom - anchor.bottom - MARGIN - 4;
  const above = anchor.top - frame.top - MARGIN - 4;
  const height = Math.min(MOST, wanted);
  const down = below >= Math.min(height, 160) || below >= above;
  const maxHeight = Math.max(96, Math.min(MOST, down ? below : above));
  const shownHeight = Math.min(height, maxHeight);
  const left = Math.min(Math.max(MARGIN, anchor.left - frame.left), frame.width - width - MARGIN);
  const top = down ? anchor.bottom - frame.top + 4 : anchor.top - frame.top - shownHeight - 4;
  return { left, top: Math.max(MARGIN, Math.min(top, frame.height - shownHeight - MARGIN)), width, maxHeight };
}
