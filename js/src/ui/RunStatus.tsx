/** What runs and how far, in words beside the Run button and as a line along the toolbar's edge. */
import type { ReactNode } from "react";
import { titleOf } from "../core/specs";
import { progressText, runText } from "../core/status";
import type { Session } from "../sync/session";
import { useSession, useWorkbench } from "./context";
import { Icon } from "./Icon";

export function RunStatus() {
  const { session, actions } = useWorkbench();
  const run = useSession("run", (s) => s.run);
  const line = useSession("line", (s) => s.line);
  const behind = useSession("line", (s) => s.behind);
  const notice = useSession("notice", (s) => s.notice);
  // A run that could not begin is over with the first edit after it.
  const mended = useSession(
    "doc",
    (s) => s.run?.state === "failed" && stateId(s, "error") === null && s.ranWith(s.run.id) !== s.doc,
  );
  useSession("states", (s) => summary(s));
  const [runningId, failedId] = [stateId(session, "running"), stateId(session, "error")];
  const name = (id: string | null) => {
    const node = id === null ? undefined : session.doc.nodes.get(id);
    return node ? titleOf(node, session.specs.get(node.type)) : null;
  };
  if (line === "silent") {
    return session.known ? (
      <Said tone="error" text="The kernel is gone. Run the cell again." />
    ) : (
      <Said tone="quiet" text="No answer from the kernel" />
    );
  }
  if (line === "waiting") return <Said tone="quiet" text="Waiting for the kernel" />;
  if (behind) return <Said tone="warn" text="The kernel is busy; your edits wait" />;
  if (notice)
    return (
      <Said
        tone={notice.level === "info" ? "quiet" : notice.level === "error" ? "error" : "warn"}
        text={notice.text}
        onClose={() => session.clearNotice()}
      />
    );
  const said = runText(run, name(runningId), name(failedId));
  if (!said || mended) return null;
  const state = runningId === null ? undefined : session.state(runningId);
  const text = said.lead && state?.max ? progressText(state) : said.text;
  const place = failedId ?? runningId;
  return (
    <Said
      tone={said.tone}
      lead={said.lead}
      text={text}
      onGo={run?.state === "failed" && place !== null ? () => actions.goTo(place) : undefined}
    />
  );
}

function stateId(session: Session, wanted: "running" | "error"): string | null {
  for (const id of session.doc.nodes.keys()) if (session.state(id)?.state === wanted) return id;
  return null;
}

/** What the status line is made of, as one string, so that it is drawn again only when it reads differently. */
function summary(session: Session): string {
  const id = stateId(session, "running");
  const state = id === null ? undefined : session.state(id);
  return `${id}|${state?.value}|${state?.max}|${stateId(session, "error")}`;
}

function Said({
  tone,
  lead,
  text,
  onClose,
  onGo,
}: {
  tone: string;
  lead?: string;
  text: string;
  onClose?(): void;
  onGo?(): void;
}) {
  const inside: ReactNode = (
    <>
      {lead && <b>{lead}</b>} {text}
    </>
  );
  return (
    <span className="vnb-said" data-tone={tone} title={[lead, text].filter(Boolean).join(" ")} data-vnb-run-status="">
      {onGo ? (
        <button type="button" className="vnb-said-text" onClick={onGo}>
          {inside}
        </button>
      ) : (
        <span className="vnb-said-text">{inside}</span>
      )}
      {onClose && (
        <button type="button" className="vnb-mini" aria-label="Close" onClick={onClose}>
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  );
}

export function TotalProgress() {
  const run = useSession("run", (session) => session.run);
  const { session } = useWorkbench();
  useSession("states", (s) => summary(s));
  if (run?.state !== "running" || !run.total) return null;
  const id = stateId(session, "running");
  const state = id === null ? undefined : session.state(id);
  const part = state?.max ? Math.min(1, (state.value ?? 0) / state.max) : 0;
  const share = Math.min(1, ((run.finished ?? 0) + part) / run.total);
  return (
    <div
      className="vnb-total"
      style={{ width: `${share * 100}%` }}
      role="progressbar"
      aria-label="Whole run"
      aria-valuenow={Math.round(share * 100)}
    />
  );
}
