/** Panel or graph: what the document asks for at first, then what the person chose. */
import { useEffect } from "react";
import { useSession, useView, type Workbench } from "../context";

export function useMode(
  { session, view, actions, root }: Workbench,
  memory: { mode: "graph" | "panel" | null },
): "graph" | "panel" {
  const mode = useView("mode", (v) => v.mode);
  const known = useSession("doc", (s) => s.known);
  const empty = useSession("doc", (s) => s.doc.nodes.size === 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first document decides
  useEffect(() => {
    if (known) view.update("mode", memory.mode ?? (session.doc.panel?.length ? "panel" : "graph"));
  }, [known]);
  useEffect(
    () =>
      view.topics.on("mode", () => {
        memory.mode = view.mode;
        // What has the focus in the view that goes would take the keys away with it.
        if (root()?.querySelector(".vnb-stage")?.contains(document.activeElement)) root()?.focus({ preventScroll: true });
        if (view.mode === "panel") actions.flow = null;
      }),
    [view, memory, actions, root],
  );
  // Another document in place of this one is looked at as a whole.
  useEffect(
    () => session.topics.on("replaced", () => requestAnimationFrame(() => requestAnimationFrame(() => actions.fitAll()))),
    [session, actions],
  );
  return known && !empty ? mode : "graph";
}
