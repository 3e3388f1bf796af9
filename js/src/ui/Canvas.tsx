/** The graph: React Flow between the document and the screen. */
import {
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  type OnConnectStartParams,
  ReactFlow,
  type ReactFlowInstance,
  SelectionMode,
  type Viewport,
} from "@xyflow/react";
import { type MouseEvent as ReactMouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { fittingInput, fittingOutput, type Plug } from "../core/compatibility";
import { linkOf } from "../core/document";
import { outputType } from "../core/specs";
import { inputOf, slotOf } from "./actions";
import { useSession, useView, useWorkbench } from "./context";
import { Dots } from "./Dots";
import { type FlowEdge, FlowMirror, type FlowNode } from "./flow";
import { LinkView, LooseLink } from "./LinkView";
import { NodeView } from "./NodeView";
import { Overview } from "./Overview";
import { Refusal } from "./Refusal";
import type { Connecting, Spot } from "./view";
import { ZoomBar } from "./ZoomBar";

const NODE_TYPES = { vnb: NodeView };
const EDGE_TYPES = { vnb: LinkView };
const SNAP_RADIUS = 22;
/** From this many nodes on only what is in sight is mounted. */
const MANY = 80;
/** Below this zoom fields are plain bars. */
const FAR = 0.6;
/** Below this zoom the nodes of a large graph are boxes with a title. */
const BOXES = 0.4;
/** The editor opens at this zoom or more, however large the graph: what can't be read is no beginning. */
const READABLE = 0.62;

interface Props {
  viewport: Viewport | null;
  onViewport(viewport: Viewport): void;
}

export function Canvas({ viewport, onViewport }: Props) {
  const { session, view, actions } = useWorkbench();
  const [mirror] = useState(() => new FlowMirror(session, view));
  const nodes = useNodes(mirror);
  const edges = useEdges(mirror);
  const focused = useView("focused", (v) => v.focused);
  const connecting = useView("connecting", (v) => v.connecting);
  const [far, setFar] = useState(false);
  const linking = useLinking();
  const settle = useFirstFit(viewport === null, mirror);

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      takeNodeChanges(changes, view, actions.move);
      if (changes.some((change) => change.type === "dimensions")) settle();
    },
    [view, actions, settle],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<FlowEdge>[]) => {
      const links = new Set(view.selectedLinks);
      for (const change of changes) {
        if (change.type !== "select") continue;
        if (change.selected) links.add(change.id);
        else links.delete(change.id);
      }
      view.select(view.selection, links);
    },
    [view],
  );
  const onInit = useCallback(
    (flow: ReactFlowInstance<FlowNode, FlowEdge>) => {
      actions.flow = flow as unknown as ReactFlowInstance;
      settle();
    },
    [actions, settle],
  );
  const onDoubleClick = (event: ReactMouseEvent) => {
    const on = event.target as HTMLElement;
    if (on.classList.contains("react-flow__pane")) actions.openPalette({ x: event.clientX, y: event.clientY });
  };

  return (
    <div
      className="vnb-canvas"
      data-zoom={far ? "far" : "near"}
      data-connecting={connecting ? "" : undefined}
      onPointerMove={(event) => actions.rememberPointer({ x: event.clientX, y: event.clientY })}
      onPointerLeave={() => actions.rememberPointer(null)}
    >
      <ReactFlow<FlowNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onInit={onInit}
        onDoubleClick={onDoubleClick}
        onMove={(_, { zoom }) => {
          setFar(zoom < FAR);
          view.update("far", nodes.length > MANY && zoom < BOXES);
        }}
        onMoveEnd={(_, next) => onViewport(next)}
        {...linking}
        connectionLineComponent={LooseLink}
        connectionRadius={SNAP_RADIUS}
        connectionDragThreshold={3}
        {...(viewport ? { defaultViewport: viewport } : {})}
        minZoom={0.1}
        maxZoom={2.5}
        onlyRenderVisibleElements={nodes.length > MANY}
        zoomOnScroll={focused}
        preventScrolling={focused}
        zoomOnDoubleClick={false}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Shift", "Meta", "Control"]}
        selectionMode={SelectionMode.Partial}
        panActivationKeyCode="Space"
        deleteKeyCode={null}
        disableKeyboardA11y
        edgesFocusable={false}
        elevateEdgesOnSelect={false}
        nodeDragThreshold={3}
        proOptions={{ hideAttribution: true }}
        aria-label="Graph of the workflow"
      >
        <Dots />
        <Overview />
        <ZoomBar />
      </ReactFlow>
      <Refusal />
    </div>
  );
}

function useNodes(mirror: FlowMirror): FlowNode[] {
  const doc = useSession("doc", (session) => session.doc);
  const specs = useSession("specs", (session) => session.specs);
  const states = useStateVersion();
  const selection = useView("selection", (view) => view.selection);
  const dragged = useView("dragged", (view) => view.dragged);
  const resized = useView("resized", (view) => view.resized);
  const measured = useView("measured", (view) => view.measured);
  const open = useView("openCards", (view) => view.openCards);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mirror reads all of these
  return useMemo(() => mirror.readNodes(), [mirror, doc, specs, states, selection, dragged, resized, measured, open]);
}

/** Which nodes failed, as one string: a failed node lies over its neighbours, because its card does. */
function useStateVersion(): string {
  return useSession("states", (session) =>
    [...session.doc.nodes.keys()].filter((id) => session.state(id)?.state === "error").join(),
  );
}

function useEdges(mirror: FlowMirror): FlowEdge[] {
  const doc = useSession("doc", (session) => session.doc);
  const specs = useSession("specs", (session) => session.specs);
  const connecting = useView("connecting", (view) => view.connecting);
  const selected = useView("selection", (view) => view.selectedLinks);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mirror reads all of these
  return useMemo(() => mirror.readEdges(), [mirror, doc, specs, connecting, selected]);
}

/**
 * The first look at the graph: all of it, or where that would be too small to read, its beginning. Once more when the page has measured
 * the nodes, as long as nobody has moved it.
 */
function useFirstFit(active: boolean, mirror: FlowMirror): () => void {
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

type ViewOf = ReturnType<typeof useWorkbench>["view"];

function takeNodeChanges(
  changes: NodeChange<FlowNode>[],
  view: ViewOf,
  move: (moved: ReadonlyMap<string, [number, number]>) => void,
): void {
  const selection = new Set(view.selection);
  const measured = new Map(view.measured);
  const dragged = new Map(view.dragged);
  const dropped = new Map<string, [number, number]>();
  let sized = false;
  for (const change of changes) {
    if (change.type === "select") {
      if (change.selected) selection.add(change.id);
      else selection.delete(change.id);
    } else if (change.type === "dimensions" && change.dimensions) {
      measured.set(change.id, change.dimensions);
      sized = true;
    } else if (change.type === "position" && change.position) {
      const spot: [number, number] = [change.position.x, change.position.y];
      if (change.dragging) dragged.set(change.id, spot);
      else if (dragged.delete(change.id)) dropped.set(change.id, spot);
    } else if (change.type === "position" && change.dragging === false) {
      const spot = dragged.get(change.id);
      if (spot && dragged.delete(change.id)) dropped.set(change.id, spot);
    }
  }
  view.select(selection, changes.some((change) => change.type === "select" && change.selected) ? [] : view.selectedLinks);
  if (sized) view.setMeasured(measured);
  if (dropped.size > 0) move(dropped);
  if (dropped.size > 0 || dragged.size > 0) view.update("dragged", dragged);
}

function plugOf(
  connection: Pick<Connection, "source" | "target"> & { sourceHandle?: string | null; targetHandle?: string | null },
): Plug | null {
  const { source, target, sourceHandle, targetHandle } = connection;
  if (!sourceHandle?.startsWith("out:") || !targetHandle?.startsWith("in:")) return null;
  return { source, slot: slotOf(sourceHandle), target, input: inputOf(targetHandle) };
}

/** Making links: by dragging, or by a click on one socket and then on another. */
function useLinking() {
  const { session, view, actions } = useWorkbench();
  return useMemo(() => {
    let made = false;
    let refused: string | null = null;
    const begin = (_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams) => {
      if (!nodeId || !handleId || !handleType) return;
      made = false;
      refused = null;
      view.setHint(null);
      const unplugged = view.unplugging;
      view.unplugging = null;
      const type = socketType(nodeId, handleId, handleType);
      view.update("connecting", { node: nodeId, handle: handleId, side: handleType, type, unplugged });
    };
    const socketType = (id: string, handle: string, side: "source" | "target"): string => {
      if (side === "source") return outputType(session.specs, session.doc, id, slotOf(handle));
      const spec = session.specs.get(session.doc.nodes.get(id)?.type ?? "");
      return spec?.inputs.find((input) => input.name === inputOf(handle))?.type ?? "*";
    };
    const end = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const from = view.connecting;
      view.update("connecting", null);
      if (!from || made) return;
      const at = pointOf(event);
      if (state.toHandle) {
        if (refused) view.say(refused, at);
        return;
      }
      dropped(event.target as Element | null, from, at);
    };
    const dropped = (on: Element | null, from: Connecting, at: Spot) => {
      const below = document.elementFromPoint(at.x, at.y) ?? on;
      const node = below?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
      if (node !== undefined) return node === from.node ? undefined : droppedOnNode(node, from, at);
      if (!below?.closest(".react-flow__pane")) return;
      if (from.unplugged) return actions.unplug(from.unplugged.node, from.unplugged.input);
      actions.openPalette(at, { type: from.type, wants: from.side === "source" ? "input" : "output", from });
    };
    /** Dropped on a node's body: the first socket that takes it. */
    const droppedOnNode = (id: string, from: Connecting, at: Spot) => {
      const node = session.doc.nodes.get(id);
      const spec = node && session.specs.get(node.type);
      if (!node || !spec) return;
      let plug: Plug | null = null;
      if (from.side === "source") {
        const free = { ...spec, inputs: spec.inputs.filter((input) => !linkOf(node, input.name)) };
        const input = fittingInput(free, from.type) ?? fittingInput(spec, from.type);
        if (input) plug = { source: from.node, slot: slotOf(from.handle), target: id, input: input.name };
      } else {
        const slot = fittingOutput(spec, from.type);
        if (slot >= 0) plug = { source: id, slot, target: from.node, input: inputOf(from.handle) };
      }
      const reason = plug ? actions.refusalOf(plug) : `has no socket for ${from.type}`;
      if (plug && !reason) actions.connect(plug, from.unplugged);
      else if (reason) view.say(reason, at);
    };
    return {
      onConnectStart: begin,
      onClickConnectStart: begin,
      onConnect: (connection: Connection) => {
        const plug = plugOf(connection);
        if (!plug) return;
        made = true;
        actions.connect(plug, view.connecting?.unplugged ?? null);
      },
      onConnectEnd: end,
      onClickConnectEnd: (event: MouseEvent | TouchEvent) => {
        view.update("connecting", null);
        if (!made && refused) view.say(refused, pointOf(event));
      },
      isValidConnection: (connection: Connection | FlowEdge) => {
        const plug = plugOf(connection);
        refused = plug ? actions.refusalOf(plug) : "These two don't fit.";
        return refused === null;
      },
      onPaneClick: () => {
        if (view.connecting) view.update("connecting", null);
      },
    };
  }, [session, view, actions]);
}

function pointOf(event: MouseEvent | TouchEvent): Spot {
  const touch = "changedTouches" in event ? event.changedTouches[0] : undefined;
  const { clientX, clientY } = touch ?? (event as MouseEvent);
  return { x: clientX, y: clientY };
}
