/** A finger that rests opens the menu of what it rests on, as a right click does. */
import { type PointerEvent, useEffect, useMemo } from "react";
import type { Workbench } from "./context";
import { openMenuAt } from "./context_menu";
import type { Spot } from "./view";

/** How long it rests, in ms, and how far it may stray meanwhile, in pixels of the screen. */
const RESTS = 550;
const STRAYS = 9;

export function useLongPress(bench: Workbench) {
  const press = useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from: Spot = { x: 0, y: 0 };
    const end = () => clearTimeout(timer);
    return {
      end,
      handlers: {
        onPointerDownCapture: (event: PointerEvent) => {
          end();
          if (event.pointerType !== "touch" || !event.isPrimary) return;
          const target = event.target as HTMLElement;
          from = { x: event.clientX, y: event.clientY };
          timer = setTimeout(() => openMenuAt(bench, target, from), RESTS);
        },
        onPointerMoveCapture: (event: PointerEvent) => {
          if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STRAYS) end();
        },
        onPointerUpCapture: end,
        onPointerCancelCapture: end,
      },
    };
  }, [bench]);
  useEffect(() => press.end, [press]);
  return press.handlers;
}
