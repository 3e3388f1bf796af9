/** How far the run is as a whole, and which node works just now. */
import type { Session } from "../sync/session";
import { useSession, useWorkbench } from "./context";

export function runningNode(session: Session): string | null {
  return nodeIn(session, "running");
}

export function failedNode(session: Session): string | null {
  return nodeIn(session, "error");
}

function nodeIn(session: Session, wanted: "running" | "error"): string | null {
  for (const id of session.doc.nodes.keys()) if (session.state(id)?.state === wanted) return id;
  return null;
}

/** What a line about the run is made of, as one string, so that it is drawn again only when it reads differently. */
export function runSummary(session: Session): string {
  const id = runningNode(session);
  const state = id === null ? undefined : session.state(id);
  return `${id}|${state?.value}|${state?.max}|${failedNode(session)}`;
}

/** The share of the run that is done, 0 to 1; 0 where nothing runs. */
export function useProgress(): number {
  const { session } = useWorkbench();
  const run = useSession("run", (s) => s.run);
  useSession("states", runSummary);
  if (run?.state !== "running" || !run.total) return 0;
  const id = runningNode(session);
  const state = id === null ? undefined : session.state(id);
  const part = state?.max ? Math.min(1, (state.value ?? 0) / state.max) : 0;
  return Math.min(1, ((run.finished ?? 0) + part) / run.total);
}
