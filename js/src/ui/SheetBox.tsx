/** The box of a sheet: its name, its closing, and the focus while it is open. */
import { type ReactNode, useEffect, useRef } from "react";
import { useWorkbench } from "./context";
import { Icon } from "./Icon";

export function SheetBox({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  const { view, root } = useWorkbench();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus({ preventScroll: true });
    return () => {
      if (document.activeElement !== document.body) return;
      (before?.isConnected ? before : root())?.focus({ preventScroll: true });
    };
  }, [root]);
  return (
    <section
      ref={box}
      className="vnb-sheet nowheel"
      aria-label={name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and Escape closes it
      tabIndex={0}
      data-wide={wide || undefined}
      data-vnb-sheet={name}
    >
      <header className="vnb-sheet-head">
        <h2 className="vnb-sheet-title vnb-clip">{name}</h2>
        <button
          type="button"
          className="vnb-mini"
          aria-label="Close"
          title="Close (Esc)"
          onClick={() => {
            view.update("sheet", null);
            root()?.focus({ preventScroll: true });
          }}
        >
          <Icon name="close" size={14} />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled with keys */}
      <div className="vnb-sheet-body" tabIndex={0}>
        {children}
      </div>
    </section>
  );
}
