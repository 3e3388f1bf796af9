/** What runs and how far, in words beside the Run button and as a line along the toolbar's edge. */
import type { ReactNode } from "react";
import { queuedWords, timeLeft } from "../core/pace";
import { titleOf } from "../core/specs";
import { progressText, runText } from "../core/status";
import { useSession, useWorkbench } from "./context";
import { Icon } from "./Icon";
import { failedNode, runningNode, runSummary, useProgress } from "./progress";

/** `quiet`: only what must be said; how the run goes is said elsewhere. */
export function RunStatus({ quiet = false }: { quiet?: boolean }) {
  const { session, actions } = useWorkbench();
  const run = useSession("run", (s) => s.run);
  const line = useSession("line", (s) => s.line);
  const behind = useSession("line", (s) => s.behind);
  const notice = useSession("notice", (s) => s.notice);
  // A run that could not begin is over with the first edit after it.
  const mended = useSession("doc", (s) => s.run?.state === "failed" && failedNode(s) === null && s.ranWith(s.run.id) !== s.doc);
  const replayed = useSession("keeping", (s) => s.keeping?.replayed ?? 0);
  useSession("states", runSummary);
  const [runningId, failedId] = [runningNode(session), failedNode(session)];
  const name = (id: string | null) => {
    const node = id === null ? undefined : session.doc.nodes.get(id);
    return node ? titleOf(node, session.specs.get(node.type)) : null;
  };
  if (line === "gone") return null; // The banner says what is needed.
  if (line === "silent") return <Said tone="quiet" text="No answer from the kernel; it may be busy" />;
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
  if (quiet) return null;
  const said = runText(run, name(runningId), name(failedId));
  if (!run && replayed > 0)
    return <Said tone="quiet" text={replayed === 1 ? "1 kept edit made again" : `${replayed} kept edits made again`} />;
  if (!said || mended) return null;
  const state = runningId === null ? undefined : session.state(runningId);
  const parts = [
    said.lead && state?.max ? progressText(state) : said.text,
    run?.state === "running" && run.remaining !== undefined ? timeLeft(run.remaining) : "",
    session.busy ? queuedWords(run?.queued) : "",
  ];
  const text = parts.filter(Boolean).join(", ");
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
  const share = useProgress();
  const running = useSession("run", (session) => session.run?.state === "running" && Boolean(session.run.total));
  if (!running) return null;
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
