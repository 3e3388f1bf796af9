/** What slides in at the right, over the graph or the panel: earlier runs, the log, the code. One at a time. */
import { type ReactNode, useEffect, useRef } from "react";
import { useView, useWorkbench } from "./context";
import { CodeDrawer } from "./files/CodeDrawer";
import { HistoryDrawer } from "./history/HistoryDrawer";
import { Icon } from "./Icon";
import { LogDrawer } from "./log/LogDrawer";

export function Drawer() {
  const open = useView("drawer", (view) => view.drawer);
  switch (open) {
    case "history":
      return <HistoryDrawer />;
    case "log":
      return <LogDrawer />;
    case "code":
      return <CodeDrawer />;
    default:
      return null;
  }
}

interface Props {
  name: string;
  kind: string;
  /** Buttons in its head. */
  tools?: ReactNode;
  children: ReactNode;
}

export function DrawerFrame({ name, kind, tools, children }: Props) {
  const { view, root } = useWorkbench();
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  const close = () => {
    view.update("drawer", null);
    root()?.querySelector<HTMLElement>(`[data-vnb-action="${kind}"]`)?.focus({ preventScroll: true });
  };
  return (
    <section
      ref={box}
      className="vnb-drawer nowheel"
      data-vnb-drawer={kind}
      aria-label={name}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <div className="vnb-drawer-head">
        <h3>{name}</h3>
        <span className="vnb-spring" />
        {tools}
        <button type="button" className="vnb-tool" aria-label={`Close ${name}`} title="Close (Esc)" onClick={close}>
          <Icon name="close" size={14} />
        </button>
      </div>
      {children}
    </section>
  );
}
