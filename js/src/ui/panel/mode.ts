/** Panel or graph: what the kernel says at first, then what the person turns to. */
import { useEffect } from "react";
import type { Side } from "../../sync/messages";
import { useSession, useView, type Workbench } from "../context";

export function useMode({ session, view, actions, root }: Workbench, memory: { mode: Side | null }): Side {
  const mode = useView("mode", (v) => v.mode);
  const known = useSession("doc", (s) => s.known);
  const empty = useSession("doc", (s) => s.doc.nodes.size === 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first document decides
  useEffect(() => {
    if (!known) return;
    memory.mode ??= session.side;
    view.update("mode", memory.mode);
  }, [known]);
  useEffect(
    () =>
      view.topics.on("mode", () => {
        if (memory.mode !== view.mode) session.turn(view.mode);
        memory.mode = view.mode;
        // What has the focus in the view that goes would take the keys away with it.
        if (root()?.querySelector(".vnb-stage")?.contains(document.activeElement)) root()?.focus({ preventScroll: true });
        if (view.mode === "panel") actions.flow = null;
      }),
    [session, view, memory, actions, root],
  );
  // Another document in place of this one is looked at as a whole.
  useEffect(
    () => session.topics.on("replaced", () => requestAnimationFrame(() => requestAnimationFrame(() => actions.fitAll()))),
    [session, actions],
  );
  return known && !empty ? mode : "graph";
}
