/** The frames behind the nodes. A frame is moved by its title, with what lies wholly inside it, and resized at its corners. */
import { useReactFlow, useStore, ViewportPortal } from "@xyflow/react";
import { memo, type PointerEvent, useRef } from "react";
import { framesInside, frameWords, LEAST, nodesInside, type Rect } from "../core/frames";
import { legible } from "../core/legible";
import type { Op } from "../core/ops";
import type { FrameJSON } from "../sync/messages";
import { useSession, useView, useWorkbench } from "./context";
import { boxesOf } from "./geometry";
import { RenameBox } from "./RenameBox";
import { tintOf } from "./tint";

type Box = FrameJSON["box"];
/** Which edges follow the pointer. */
type Corner = "nw" | "ne" | "sw" | "se";
const CORNERS: readonly Corner[] = ["nw", "ne", "sw", "se"];
/** Titles keep this size however far away the graph is, in pixels of the screen. */
const TITLE = 12.5;
/** Room for the title above the nodes, in pixels at 100 %. */
const HEAD = 34;

export function Frames() {
  const frames = useSession("doc", (session) => session.doc.frames);
  const list = Object.entries(frames);
  if (list.length === 0) return null;
  return (
    <ViewportPortal>
      {list.map(([id, frame]) => (
        <FrameBox key={id} id={id} frame={frame} />
      ))}
    </ViewportPortal>
  );
}

const FrameBox = memo(function FrameBox({ id, frame }: { id: string; frame: FrameJSON }) {
  const { session, view, root } = useWorkbench();
  const selected = useView("selection", (v) => v.selectedFrames.has(id));
  const moved = useView("framed", (v) => v.framed.get(id));
  const renaming = useView("renaming", (v) => v.renaming === `frame:${id}`);
  const zoom = useStore((state) => Math.min(1, state.transform[2]));
  const [x, y, width, height] = moved ?? frame.box;
  const drag = useFrameDrag(id, frame);
  // From far away the title grows out of the top, not over the nodes.
  const title = { fontSize: TITLE / zoom, marginTop: Math.min(0, HEAD - (TITLE * 1.4) / zoom - 16) };
  const place = { ...tintOf(frame.colour), transform: `translate(${x}px, ${y}px)`, width };
  // The title lies over the links and under the nodes, the box under both.
  return (
    <>
      <div
        className="vnb-frame"
        style={{ ...place, height }}
        data-selected={selected || undefined}
        data-tinted={frame.colour ? "" : undefined}
      >
        {CORNERS.map((corner) => (
          <div key={corner} className="vnb-frame-grip nopan" data-vnb-frame={id} data-corner={corner} {...drag.resize(corner)} />
        ))}
      </div>
      {renaming ? (
        <div className="vnb-frame-head nodrag nopan" style={{ ...place, ...title }} data-vnb-frame={id}>
          <RenameBox
            className="vnb-frame-input"
            label="Title of the frame"
            value={frame.title}
            onDone={(text, keys) => {
              view.update("renaming", null);
              if (keys) root()?.focus({ preventScroll: true });
              const now = session.doc.frames[id];
              if (text !== null && now && text !== now.title) session.edit([{ op: "frame", id, frame: { ...now, title: text } }]);
            }}
          />
        </div>
      ) : (
        <div
          className="vnb-frame-head nopan"
          role="group"
          aria-label={`Frame ${frame.title}`}
          style={{ ...place, ...title }}
          data-vnb-frame={id}
          {...drag.move}
          onDoubleClick={() => view.update("renaming", `frame:${id}`)}
        >
          <b className="vnb-clip">{legible(frame.title, "Frame")}</b>
          <FrameState box={frame.box} />
        </div>
      )}
    </>
  );
});

/** "cached", "7 of 20": how the nodes inside are. */
function FrameState({ box }: { box: Rect }) {
  const { view } = useWorkbench();
  const words = useSession("states", (session) => {
    const inside = nodesInside(session.doc, box, boxesOf(session, view));
    const { text, tone } = frameWords(inside.map((node) => session.state(node) ?? { state: "idle" }));
    return `${tone} ${text}`;
  });
  const at = words.indexOf(" ");
  return (
    <span className="vnb-frame-state" data-tone={words.slice(0, at)}>
      {words.slice(at + 1)}
    </span>
  );
}

interface Start {
  x: number;
  y: number;
  boxes: ReadonlyMap<string, Box>;
  nodes: ReadonlyMap<string, [number, number]>;
  corner: Corner | null;
  moved: boolean;
}

function useFrameDrag(id: string, frame: FrameJSON) {
  const { session, view } = useWorkbench();
  const flow = useReactFlow();
  const start = useRef<Start | null>(null);

  const begin = (event: PointerEvent<HTMLElement>, corner: Corner | null) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const boxOf = boxesOf(session, view);
    const frames = corner ? [id] : [id, ...framesInside(session.doc, id, frame.box)];
    const inside = corner || event.altKey ? [] : nodesInside(session.doc, frame.box, boxOf);
    start.current = {
      x: event.clientX,
      y: event.clientY,
      boxes: new Map(frames.map((own) => [own, session.doc.frames[own]?.box ?? frame.box])),
      nodes: new Map(inside.map((node) => [node, [boxOf(node)[0], boxOf(node)[1]]])),
      corner,
      moved: false,
    };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const from = start.current;
    if (!from) return;
    const zoom = flow.getZoom();
    const [dx, dy] = [(event.clientX - from.x) / zoom, (event.clientY - from.y) / zoom];
    if (!from.moved && Math.hypot(event.clientX - from.x, event.clientY - from.y) < 3) return;
    from.moved = true;
    view.update("framed", new Map([...from.boxes].map(([own, box]) => [own, changed(box, from.corner, dx, dy)])));
    if (from.nodes.size > 0)
      view.update("dragged", new Map([...from.nodes].map(([node, [x, y]]) => [node, [x + dx, y + dy] as [number, number]])));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const from = start.current;
    start.current = null;
    if (!from) return;
    if (!from.moved) {
      const others = event.shiftKey || event.ctrlKey || event.metaKey ? view.selectedFrames : [];
      view.select([], [], [...others, id]);
      return;
    }
    const ops: Op[] = [...view.framed].flatMap(([own, box]): Op[] => {
      const now = session.doc.frames[own];
      return now ? [{ op: "frame", id: own, frame: { ...now, box: box.map(Math.round) as Box } }] : [];
    });
    const positions: Record<string, [number, number]> = {};
    for (const node of from.nodes.keys()) {
      const place = view.dragged.get(node);
      if (place && session.doc.nodes.has(node)) positions[node] = [Math.round(place[0]), Math.round(place[1])];
    }
    if (Object.keys(positions).length > 0) ops.push({ op: "move", positions });
    session.edit(ops);
    view.update("framed", new Map());
    if (from.nodes.size > 0) view.update("dragged", new Map());
  };
  const onPointerCancel = () => {
    start.current = null;
    view.update("framed", new Map());
    view.update("dragged", new Map());
  };
  const rest = { onPointerMove, onPointerUp, onPointerCancel };
  return {
    move: { onPointerDown: (event: PointerEvent<HTMLElement>) => begin(event, null), ...rest },
    resize: (corner: Corner) => ({ onPointerDown: (event: PointerEvent<HTMLElement>) => begin(event, corner), ...rest }),
  };
}

/** A box moved as a whole, or with one corner. */
export function changed([x, y, width, height]: Rect, corner: Corner | null, dx: number, dy: number): Box {
  if (!corner) return [x + dx, y + dy, width, height];
  const wide = Math.max(LEAST.width, corner.endsWith("e") ? width + dx : width - dx);
  const high = Math.max(LEAST.height, corner.startsWith("s") ? height + dy : height - dy);
  return [corner.endsWith("e") ? x : x + width - wide, corner.startsWith("s") ? y : y + height - high, wide, high];
}
