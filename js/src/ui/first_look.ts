/** What is in view when the editor opens. */
import type { Viewport } from "@xyflow/react";
import { useCallback, useEffect, useRef } from "react";
import { useWorkbench } from "./context";
import type { FlowMirror, FlowNode } from "./flow";

/** The editor opens at this zoom or more, however large the graph: what can't be read is no beginning. */
const READABLE = 0.62;

/**
 * The first look at the graph: all of it, or where that would be too small to read, its beginning. Once more when the page has measured
 * the nodes, as long as nobody has moved it.
 */
export function useFirstLook(active: boolean, mirror: FlowMirror): () => void {
  const { actions, root } = useWorkbench();
  const open = useRef(active);
  const timer = useRef(0);
  useEffect(() => {
    const close = () => {
      open.current = false;
    };
    const end = setTimeout(close, 1500);
    const element = root();
    element?.addEventListener("pointerdown", close, true);
    return () => {
      clearTimeout(end);
      element?.removeEventListener("pointerdown", close, true);
      cancelAnimationFrame(timer.current);
    };
  }, [root]);
  return useCallback(() => {
    const box = root()?.querySelector(".vnb-canvas")?.getBoundingClientRect();
    if (!open.current || !box || !actions.flow) return;
    void actions.flow.setViewport(firstLook(mirror.readNodes(), box));
  }, [actions, mirror, root]);
}

function firstLook(nodes: FlowNode[], box: { width: number; height: number }): Viewport {
  if (nodes.length === 0) return { x: 0, y: 0, zoom: 1 };
  const margin = Math.max(16, Math.min(box.width, box.height) * 0.05);
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  const width = Math.max(...nodes.map((node) => node.position.x + (node.measured?.width ?? 0))) - left;
  const height = Math.max(...nodes.map((node) => node.position.y + (node.measured?.height ?? 0))) - top;
  const fit = Math.min(1, (box.width - 2 * margin) / width, (box.height - 2 * margin) / height);
  const zoom = Math.max(READABLE, fit);
  const x = width * zoom > box.width ? margin : (box.width - width * zoom) / 2;
  const y = height * zoom > box.height ? margin : (box.height - height * zoom) / 2;
  return { x: x - left * zoom, y: y - top * zoom, zoom };
}
