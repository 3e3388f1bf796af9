/** Run or Stop, what runs and how far, add, undo, redo, tidy, the workflow's name; total progress along the bottom edge. */
import { useState } from "react";
import { useSession, useWorkbench } from "./context";
import { Icon, type IconName } from "./Icon";
import { RenameBox } from "./RenameBox";
import { RunStatus, TotalProgress } from "./RunStatus";

export function Toolbar() {
  const { actions } = useWorkbench();
  const canUndo = useSession("undo", (session) => session.canUndo);
  const canRedo = useSession("undo", (session) => session.canRedo);
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
