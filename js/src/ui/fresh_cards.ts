/** A card that was folded says what stopped that run: the next failure of the same node is told again. */
import { useEffect } from "react";
import type { Workbench } from "./context";

export function useFreshCards({ session, view }: Workbench): void {
  useEffect(() => {
    let run = session.run?.id;
    return session.topics.on("run", () => {
      if (session.run?.id === run) return;
      run = session.run?.id;
      if (view.closedCards.size > 0) view.update("closedCards", new Set());
    });
  }, [session, view]);
}
