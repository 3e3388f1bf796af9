/** The bar on top: Run and what runs, the tools of the graph, the name, drawers and menus, and the way between panel and graph. */
import { useState } from "react";
import { legible } from "../core/legible";
import { shortcut, spelled } from "./commands/combos";
import { useSession, useView, useWorkbench } from "./context";
import { openMoreMenu } from "./files/more_menu";
import { Icon, type IconName } from "./Icon";
import { RenameBox } from "./RenameBox";
import { RunStatus, TotalProgress } from "./RunStatus";

export function Toolbar() {
  const panel = useView("mode", (view) => view.mode === "panel");
  return (
    <div className="vnb-toolbar" role="toolbar" aria-label="Workbench" data-mode={panel ? "panel" : "graph"}>
      {panel ? <PanelLeft /> : <GraphLeft />}
      <span className="vnb-spring" />
      <Right panel={panel} />
      <TotalProgress />
    </div>
  );
}

/** Beside the panel Run is in the panel itself; what stays is the name and the way back. */
function PanelLeft() {
  return (
    <>
      <Name />
      <UndoRedo />
      <RunStatus quiet />
    </>
  );
}

function GraphLeft() {
  const { actions } = useWorkbench();
  const empty = useSession("doc", (session) => session.doc.nodes.size === 0);
  return (
    <>
      <RunButton empty={empty} />
      <RunStatus />
      <span className="vnb-divider" />
      <Tool icon="add" name="Add a node" keys="Shift+A" action="add" onClick={() => actions.openPalette()} />
      <UndoRedo />
      <Tool icon="tidy" name="Tidy" keys="L" action="tidy" disabled={empty} onClick={actions.tidy} />
      <Name />
    </>
  );
}

function UndoRedo() {
  const { actions } = useWorkbench();
  const canUndo = useSession("undo", (session) => session.canUndo);
  const canRedo = useSession("undo", (session) => session.canRedo);
  return (
    <>
      <Tool icon="undo" name="Undo" keys="Ctrl+Z" action="undo" disabled={!canUndo} onClick={actions.undo} />
      <Tool icon="redo" name="Redo" keys="Ctrl+Shift+Z" action="redo" disabled={!canRedo} onClick={actions.redo} />
    </>
  );
}

function Right({ panel }: { panel: boolean }) {
  const bench = useWorkbench();
  const { view } = bench;
  const empty = useSession("doc", (session) => session.doc.nodes.size === 0);
  const drawer = useView("drawer", (v) => v.drawer);
  const open = (which: "history" | "code") => view.update("drawer", drawer === which ? null : which);
  return (
    <>
      {!panel && (
        <Tool
          icon="search"
          name="Find in the graph"
          keys="Ctrl+F"
          action="find"
          disabled={empty}
          onClick={() => view.update("sheet", view.sheet?.kind === "find" ? null : { kind: "find" })}
        />
      )}
      <Tool icon="clock" name="History" action="history" pressed={drawer === "history"} onClick={() => open("history")} />
      <Tool icon="code" name="The workflow as Python" action="code" pressed={drawer === "code"} onClick={() => open("code")} />
      <Tool icon="more" name="More" action="more" menu onClick={(button) => openMoreMenu(bench, button)} />
      <span className="vnb-divider" />
      <div className="vnb-modes" role="group" aria-label="View">
        <Mode icon="panel" name="Panel" now={panel} onClick={() => view.update("mode", "panel")} />
        <Mode icon="graph" name="Graph" now={!panel} onClick={() => view.update("mode", "graph")} />
      </div>
    </>
  );
}

function Mode({ icon, name, now, onClick }: { icon: IconName; name: string; now: boolean; onClick(): void }) {
  return (
    <button
      type="button"
      className="vnb-mode"
      data-vnb-action={`mode-${name.toLowerCase()}`}
      aria-pressed={now}
      aria-keyshortcuts="P"
      aria-label={name}
      title={now ? name : `${name} (P)`}
      onClick={onClick}
    >
      <Icon name={icon} /> <span>{name}</span>
    </button>
  );
}

interface ToolProps {
  icon: IconName;
  name: string;
  keys?: string;
  action: string;
  disabled?: boolean;
  /** Whether what it opens is open. */
  pressed?: boolean;
  menu?: boolean;
  onClick(button: HTMLElement): void;
}

function Tool({ icon, name, keys, action, disabled = false, pressed, menu, onClick }: ToolProps) {
  return (
    <button
      type="button"
      className="vnb-tool"
      data-vnb-action={action}
      aria-label={name}
      aria-keyshortcuts={keys && shortcut(keys)}
      aria-pressed={pressed}
      aria-haspopup={menu ? "menu" : undefined}
      title={keys ? `${name} (${spelled(keys)})` : name}
      aria-disabled={disabled}
      onClick={disabled ? undefined : (event) => onClick(event.currentTarget)}
    >
      <Icon name={icon} />
    </button>
  );
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
        title={`Stop (${spelled("Ctrl+.")})`}
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
      title={empty ? "Nothing to run yet" : `Run (${spelled("Ctrl+Enter")})`}
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
      <span className="vnb-clip">{legible(name || title, "Untitled")}</span>
    </button>
  );
}
