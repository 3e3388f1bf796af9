/** Run or Stop, what runs and how far, add, undo, redo, tidy, the workflow's name; total progress along the bottom edge. */
import { type ReactNode, useState } from "react";
import { titleOf } from "../core/specs";
import { progressText, runText } from "../core/status";
import { useSession, useWorkbench } from "./context";
import { Icon, type IconName } from "./Icon";
import { RenameBox } from "./RenameBox";

export function Toolbar() {
  const { actions } = useWorkbench();
  const canUndo = useSession("history", (session) => session.canUndo);
  const canRedo = useSession("history", (session) => session.canRedo);
  const empty = useSession("doc", (session) => session.doc.nodes.size === 0);
  return (
    <div className="vnb-toolbar" role="toolbar" aria-label="Workbench">
      <RunButton empty={empty} />
      <RunStatus />
      <span className="vnb-divider" />
      <Tool icon="add" name="Add a node" shortcut="Shift A" action="add" onClick={() => actions.openPalette()} />
      <Tool icon="undo" name="Undo" shortcut="Ctrl Z" action="undo" disabled={!canUndo} onClick={actions.undo} />
      <Tool icon="redo" name="Redo" shortcut="Ctrl Shift Z" action="redo" disabled={!canRedo} onClick={actions.redo} />
      <Tool icon="tidy" name="Tidy" shortcut="L" action="tidy" disabled={empty} onClick={actions.tidy} />
      <Name />
      <span className="vnb-toolbar-rest" />
      <TotalProgress />
    </div>
  );
}

interface ToolProps {
  icon: IconName;
  name: string;
  shortcut: string;
  action: string;
  disabled?: boolean;
  onClick(): void;
}

function Tool({ icon, name, shortcut, action, disabled = false, onClick }: ToolProps) {
  return (
    <button
      type="button"
      className="vnb-tool"
      data-vnb-action={action}
      aria-label={name}
      aria-keyshortcuts={shortcut.replace(/ /g, "+").replace("Ctrl", "Control")}
      title={`${name} (${keyNames(shortcut)})`}
      aria-disabled={disabled}
      onClick={disabled ? undefined : onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** A shortcut as this machine's keyboard has it. */
export function keyNames(shortcut: string): string {
  return MAC ? shortcut.replace("Ctrl", "⌘").replace("Shift", "⇧") : shortcut;
}

function RunButton({ empty }: { empty: boolean }) {
  const { actions } = useWorkbench();
  const busy = useSession("run", (session) => session.busy);
  const live = useSession("line", (session) => session.line === "live");
  if (busy) {
    return (
      <button
        type="button"
        className="vnb-button vnb-run"
        data-vnb-action="stop"
        title={`Stop (${keyNames("Ctrl .")})`}
        onClick={actions.stop}
      >
        <Icon name="stop" /> Stop
      </button>
    );
  }
  const off = empty || !live;
  return (
    <button
      type="button"
      className="vnb-button vnb-run vnb-primary"
      data-vnb-action="run"
      aria-disabled={off}
      title={empty ? "Nothing to run yet" : `Run (${keyNames("Ctrl Enter")})`}
      onClick={off ? undefined : actions.run}
    >
      <Icon name="run" /> Run
    </button>
  );
}

function RunStatus() {
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

type SessionOf = ReturnType<typeof useWorkbench>["session"];

function stateId(session: SessionOf, wanted: "running" | "error"): string | null {
  for (const id of session.doc.nodes.keys()) if (session.state(id)?.state === wanted) return id;
  return null;
}

/** What the status line is made of, as one string, so that it is drawn again only when it reads differently. */
function summary(session: SessionOf): string {
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

/** The workflow's name; a click lets it be typed. */
function Name() {
  const { actions, root } = useWorkbench();
  const name = useSession("doc", (s) => s.doc.name);
  const title = useSession("specs", (s) => s.title);
  const live = useSession("line", (s) => s.line === "live");
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <RenameBox
        className="vnb-name vnb-name-input"
        label="Name of the workflow"
        value={name}
        onDone={(text, keys) => {
          setEditing(false);
          if (keys) root()?.focus({ preventScroll: true });
          if (text !== null) actions.rename(text);
        }}
      />
    );
  }
  return (
    <button
      type="button"
      className="vnb-name"
      data-vnb-action="name"
      title={live ? "Rename" : undefined}
      aria-disabled={!live}
      onClick={() => live && setEditing(true)}
    >
      <span className="vnb-clip">{name || title || "Untitled"}</span>
    </button>
  );
}

function TotalProgress() {
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
