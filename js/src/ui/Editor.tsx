/** The editor's frame: theme, focus, keys, height, and everything that lies in it. */
import { ReactFlowProvider, type Viewport } from "@xyflow/react";
import { type FocusEvent, type KeyboardEvent, type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Side } from "../sync/messages";
import type { Session } from "../sync/session";
import { Announcer } from "./Announcer";
import { Actions } from "./actions";
import { Banner } from "./Banner";
import { Canvas } from "./Canvas";
import { useClipboardEvents } from "./clipboard_events";
import { useSession, useView, type Workbench, WorkbenchProvider } from "./context";
import { openContextMenu } from "./context_menu";
import { Drawer } from "./Drawer";
import { EmptyState } from "./EmptyState";
import { DropHint, useFiles } from "./files/Dropping";
import { useFreshCards } from "./fresh_cards";
import { HeightGrip } from "./HeightGrip";
import { takeKey } from "./keys";
import { LargeText } from "./LargeText";
import { useLongPress } from "./long_press";
import { Menu } from "./Menu";
import { Palette } from "./Palette";
import { useMode } from "./panel/mode";
import { PanelView } from "./panel/PanelView";
import { Sheet } from "./Sheet";
import { useStillPicture } from "./still";
import { Toolbar } from "./Toolbar";
import { useTheme } from "./theme";
import { isTyping } from "./typing";
import { View } from "./view";

/** What a view leaves behind for the next view of the same model, when the notebook takes it off the page and brings it back. */
export interface Memory {
  viewport: Viewport | null;
  height: number;
  mode: Side | null;
}

export function Editor({ session, memory }: { session: Session; memory: Memory }) {
  const root = useRef<HTMLDivElement>(null);
  const readRoot = useCallback(() => root.current, []);
  const workbench = useMemo((): Workbench => {
    const view = new View();
    return { session, view, actions: new Actions(session, view, readRoot), root: readRoot };
  }, [session, readRoot]);
  useEffect(() => () => workbench.view.close(), [workbench]);
  return (
    <WorkbenchProvider value={workbench}>
      <ReactFlowProvider>
        <Frame root={root} workbench={workbench} memory={memory} />
      </ReactFlowProvider>
    </WorkbenchProvider>
  );
}

function Frame({
  root,
  workbench,
  memory,
}: {
  root: React.RefObject<HTMLDivElement | null>;
  workbench: Workbench;
  memory: Memory;
}) {
  const { view } = workbench;
  const theme = useTheme(workbench.root);
  const focused = useView("focused", (v) => v.focused);
  const [height, setHeight] = useState(memory.height);
  const live = useSession("line", (session) => session.line === "live");
  const known = useSession("doc", (session) => session.known);
  const onKeyDown = useKeys(workbench);
  const clipboard = useClipboardEvents(workbench);
  const files = useFiles(workbench);
  const { onPointerDownCapture, ...longPress } = useLongPress(workbench);
  const mode = useMode(workbench, memory);
  useStillPicture(workbench);
  useFreshCards(workbench);
  const onViewport = useCallback(
    (viewport: Viewport) => {
      memory.viewport = viewport;
    },
    [memory],
  );
  useLeaving(workbench, focused);
  useKeptFocus(workbench, focused);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    onPointerDownCapture(event);
    const target = event.target as HTMLElement;
    const own = target.closest("input,textarea,button,[tabindex]");
    if (!own || own === root.current) root.current?.focus({ preventScroll: true });
  };
  const onFocus = (event: FocusEvent<HTMLDivElement>) => {
    view.update("focused", true);
    const node = event.target.classList.contains("react-flow__node") ? event.target.dataset.id : undefined;
    if (node !== undefined && event.target.matches(":focus-visible") && !view.selection.has(node)) view.select([node]);
  };
  const onBlur = (event: FocusEvent<HTMLDivElement>) => {
    if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget))) view.update("focused", false);
  };
  return (
    <div
      ref={root}
      className="vnb-editor"
      role="group"
      aria-label="virgil_nb workbench"
      aria-roledescription="node editor"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the editor as a whole can have the focus
      tabIndex={0}
      data-testid="vnb-editor"
      data-vnb-theme={theme}
      data-vnb-line={live ? "live" : "waiting"}
      data-focused={focused || undefined}
      data-lm-suppress-shortcuts="true"
      style={{ height }}
      onKeyDown={onKeyDown}
      {...clipboard}
      {...files}
      {...longPress}
      onContextMenu={(event) => openContextMenu(event, workbench)}
      onPointerDownCapture={onPointerDown}
      onFocus={onFocus}
      onBlur={onBlur}
    >
      <Toolbar />
      <Banner />
      <div className="vnb-stage">
        {known && mode === "graph" && <Canvas viewport={memory.viewport} onViewport={onViewport} />}
        {mode === "panel" && <PanelView />}
        <EmptyState />
        <Drawer />
        <DropHint />
      </div>
      <div className="vnb-overlays" />
      <Palette />
      <Menu />
      <Sheet />
      <LargeText />
      <Announcer />
      <HeightGrip
        height={height}
        onHeight={(next) => {
          memory.height = next;
          setHeight(next);
        }}
      />
    </div>
  );
}

/** A focused element that is taken off the page says nothing: notice when the person goes elsewhere. */
function useLeaving({ view, root }: Workbench, focused: boolean): void {
  useEffect(() => {
    if (!focused) return;
    const look = (event: Event) => {
      const outside = event.target instanceof Node && !root()?.contains(event.target);
      if (outside && !root()?.contains(document.activeElement)) view.update("focused", false);
    };
    document.addEventListener("pointerdown", look);
    document.addEventListener("keydown", look);
    document.addEventListener("focusin", look);
    return () => {
      document.removeEventListener("pointerdown", look);
      document.removeEventListener("keydown", look);
      document.removeEventListener("focusin", look);
    };
  }, [view, root, focused]);
}

/** What had the focus was deleted, or undone: the editor as a whole has it then, so that the next key is still for it. */
function useKeptFocus({ session, root }: Workbench, focused: boolean): void {
  useEffect(() => {
    if (!focused) return;
    let frame = 0;
    const stop = session.topics.on("doc", () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (document.activeElement === document.body) root()?.focus({ preventScroll: true });
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [session, root, focused]);
}

/** Modifier keys and Space are seen by React Flow on the document; all other keys stay inside while the editor has the focus. */
const SHARED = new Set(["Shift", "Control", "Meta", "Alt", " "]);

function useKeys(bench: Workbench): (event: KeyboardEvent<HTMLDivElement>) => void {
  const { actions, view, session, root } = bench;
  const lastEscape = useRef(0);
  return (event) => {
    if (event.key === "Enter" && event.shiftKey && !event.ctrlKey && !event.metaKey)
      return giveToNotebook(event.currentTarget, () => session.flush());
    if (!SHARED.has(event.key)) event.stopPropagation();
    if (event.defaultPrevented) return;
    if (event.key === "Escape") return stepBack(event);
    if (takeKey(event, bench)) event.preventDefault();
  };

  /** One step back: out of a field, a link in the air, a card, a selection. Twice where nothing is left: back to the notebook. */
  function stepBack(event: KeyboardEvent<HTMLDivElement>): void {
    const again = event.timeStamp - lastEscape.current < 1200;
    lastEscape.current = event.timeStamp;
    if (isTyping(event.target)) {
      const node = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node");
      (node ?? root())?.focus({ preventScroll: true });
      return;
    }
    if (view.connecting) {
      actions.dropLink();
      return;
    }
    if (view.sheet) {
      view.update("sheet", null);
      return;
    }
    if (closeCard()) return;
    if (view.selection.size + view.selectedLinks.size + view.selectedFrames.size > 0 && !again) {
      view.select([]);
      root()?.focus({ preventScroll: true });
      return;
    }
    if (!again) return;
    const outside = root()?.parentElement?.closest<HTMLElement>("[tabindex]");
    if (outside) outside.focus({ preventScroll: true });
    else (document.activeElement as HTMLElement | null)?.blur();
  }

  function closeCard(): boolean {
    const [open] = view.openCards;
    if (open !== undefined) {
      view.toggle("openCards", open, false);
      return true;
    }
    for (const id of session.doc.nodes.keys()) {
      if (session.state(id)?.state !== "error" || view.closedCards.has(id)) continue;
      view.toggle("closedCards", id, true);
      return true;
    }
    return false;
  }
}

/** Shift Enter belongs to the notebook: its shortcuts see this one key as if the editor did not hold them off. */
function giveToNotebook(root: HTMLElement, flush: () => void): void {
  flush();
  root.removeAttribute("data-lm-suppress-shortcuts");
  setTimeout(() => root.setAttribute("data-lm-suppress-shortcuts", "true"), 0);
}
