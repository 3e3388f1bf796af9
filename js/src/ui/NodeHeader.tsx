/** Icon, title, status, and the bar of a running node. The title gives way last: the status shrinks to its icon before. */
import { useEffect, useState } from "react";
import type { NodeJSON } from "../core/document";
import { duration } from "../core/numbers";
import { plainProse } from "../core/prose";
import { type ShownSpec, titleOf } from "../core/specs";
import type { Status, StatusIcon } from "../core/status";
import type { ProblemJSON } from "../sync/messages";
import { useSession, useView, useWorkbench } from "./context";
import { Icon, type IconName, iconOf } from "./Icon";
import { RenameBox } from "./RenameBox";

const ICONS: Record<Exclude<StatusIcon, null>, IconName> = {
  clock: "clock",
  bolt: "bolt",
  warning: "warning",
  muted: "muted",
  bypassed: "bypassed",
};

interface Props {
  node: NodeJSON;
  spec: ShownSpec;
  status: Status;
  problems: readonly ProblemJSON[];
}

export function NodeHeader({ node, spec, status, problems }: Props) {
  return (
    <div className="vnb-header">
      <span className="vnb-header-icon" title={spec.missing ? undefined : plainProse(spec.description) || undefined}>
        <Icon name={spec.missing ? "unknown" : iconOf(node.type, spec.category)} size={15} />
      </span>
      <NodeTitle node={node} spec={spec} />
      <StatusMark id={node.id} status={status} openable={status.state === "error" || problems.length > 0} />
      {status.state === "running" && <Bar id={node.id} />}
    </div>
  );
}

/** The title; a double click lets it be typed. */
function NodeTitle({ node, spec }: { node: NodeJSON; spec: ShownSpec }) {
  const { session, view, actions } = useWorkbench();
  const editing = useView("renaming", (v) => v.renaming === `node:${node.id}`);
  const title = titleOf(node, spec);
  if (editing) {
    return (
      <RenameBox
        className="vnb-title vnb-title-input nodrag nopan"
        label="Title of the node"
        value={title}
        onDone={(text, keys) => {
          view.update("renaming", null);
          if (keys) actions.focusNode(node.id);
          if (text === null || text === title) return;
          session.edit([{ op: "title", id: node.id, title: text === "" || text === spec.display_name ? null : text }]);
        }}
      />
    );
  }
  return (
    <h3
      className="vnb-title"
      title={[node.title ? `${title} (${spec.display_name})` : title, plainProse(spec.description), "H tells more"]
        .filter(Boolean)
        .join("\n")}
      onDoubleClick={() => view.update("renaming", `node:${node.id}`)}
    >
      {title}
    </h3>
  );
}

function StatusMark({ id, status, openable }: { id: string; status: Status; openable: boolean }) {
  const { view } = useWorkbench();
  const closed = useView("closedCards", (v) => v.closedCards.has(id));
  const open = useView("openCards", (v) => v.openCards.has(id));
  const since = useSession(`state:${id}`, (session) => session.state(id)?.since);
  const text = status.text === "running" && since !== undefined ? <Elapsed since={since} /> : status.text;
  if (!status.text) return null;
  const inside = (
    <>
      {status.icon && <Icon name={ICONS[status.icon]} size={13} />}
      <span className="vnb-status-text">{text}</span>
    </>
  );
  if (!openable) {
    return (
      <span className="vnb-status" data-tone={status.tone} title={status.text}>
        {inside}
      </span>
    );
  }
  const failed = status.state === "error";
  return (
    <button
      type="button"
      className="vnb-status nodrag nopan"
      data-tone={status.tone}
      aria-expanded={failed ? !closed : open}
      title="What happened"
      onClick={() => (failed ? view.toggle("closedCards", id, !closed) : view.toggle("openCards", id, !open))}
    >
      {inside}
    </button>
  );
}

/** "running, 3 s" for work of unknown length. */
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  return <>running{seconds > 0 ? `, ${seconds < 100 ? `${seconds} s` : duration(seconds)}` : ""}</>;
}

function Bar({ id }: { id: string }) {
  const share = useSession(`state:${id}`, (session) => {
    const state = session.state(id);
    return state?.max ? Math.min(1, (state.value ?? 0) / state.max) : null;
  });
  if (share === null) return null;
  return (
    <div
      className="vnb-bar"
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <div className="vnb-bar-done" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
