/** Says to screen readers how a run goes: begun, done, stopped where and why. Progress is not read out. */
import { duration } from "../core/numbers";
import { titleOf } from "../core/specs";
import { placeInLine } from "../core/status";
import type { Session } from "../sync/session";
import { useSession } from "./context";

export function Announcer() {
  const run = useSession("run", announcement);
  const failed = useSession("states", failure);
  const notice = useSession("notice", (session) => session.notice?.text ?? "");
  return (
    <div className="vnb-hidden" role="status" aria-live="polite" data-vnb-announcer="">
      {[run, failed, notice].filter(Boolean).join(". ")}
    </div>
  );
}

function announcement({ run }: Session): string {
  switch (run?.state) {
    case "queued":
      return `Run queued, ${placeInLine(run.position ?? 0)}`;
    case "running":
      return "Running";
    case "done":
      return `Done in ${duration(run.seconds ?? 0)}`;
    case "cancelled":
      return "Run stopped";
    case "failed":
      return run.message ? `Run failed: ${run.message}` : "Run failed";
    default:
      return "";
  }
}

function failure(session: Session): string {
  for (const node of session.doc.nodes.values()) {
    const error = session.state(node.id)?.error;
    if (error) return `${titleOf(node, session.specs.get(node.type))}: ${error.title}. ${error.message}`;
  }
  return "";
}
