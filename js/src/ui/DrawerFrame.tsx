/** The frame of a drawer: its name, its tools, its closing, and the focus when it opens. */
import { type ReactNode, useEffect, useRef } from "react";
import { useWorkbench } from "./context";
import { Icon } from "./Icon";

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
