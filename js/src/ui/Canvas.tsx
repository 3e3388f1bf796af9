/** The graph: React Flow between the document and the screen. */
import {
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  SelectionMode,
  useKeyPress,
  type Viewport,
} from "@xyflow/react";
import { type MouseEvent as ReactMouseEvent, useCallback, useMemo, useState } from "react";
import { parseLink } from "./actions";
import { scopeOf } from "./commands/command";
import { commandNamed, perform } from "./commands/registry";
import { useSession, useView, useWorkbench } from "./context";
import { Stroke, useCutting } from "./cutting";
import { Dots } from "./Dots";
import { Frames } from "./Frames";
import { useFirstLook } from "./first_look";
import { type FlowEdge, FlowMirror, type FlowNode } from "./flow";
import { LinkView, LooseLink } from "./LinkView";
import { LinkRelease, useLinking } from "./linking";
import { NodeView } from "./NodeView";
import { takeNodeChanges } from "./node_changes";
import { Overview } from "./Overview";
import { Refusal } from "./Refusal";
import { WaitingLink } from "./WaitingLink";
import { ZoomBar } from "./ZoomBar";

const NODE_TYPES = { vnb: NodeView };
const EDGE_TYPES = { vnb: LinkView };
const SNAP_RADIUS = 22;
/** While it is held the view is dragged, over nodes as well. */
const PAN_KEY = "Space";
/** From this many nodes on only what is in sight is mounted. */
const MANY = 80;
/** Below this zoom fields are plain bars. */
const FAR = 0.6;
/** Below this zoom the nodes of a large graph are boxes with a title. */
const BOXES = 0.4;

interface Props {
  viewport: Viewport | null;
  onViewport(viewport: Viewport): void;
}

export function Canvas({ viewport, onViewport }: Props) {
  const bench = useWorkbench();
  const { session, view, actions } = bench;
  const [mirror] = useState(() => new FlowMirror(session, view));
  const nodes = useNodes(mirror);
  const edges = useEdges(mirror);
  const focused = useView("focused", (v) => v.focused);
  const connecting = useView("connecting", (v) => v.connecting);
  const panning = useKeyPress(PAN_KEY) && focused;
  const [far, setFar] = useState(false);
  const linking = useLinking();
  const cutting = useCutting();
  const settle = useFirstLook(viewport === null, mirror);

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      takeNodeChanges(changes, bench);
      if (changes.some((change) => change.type === "dimensions")) settle();
    },
    [bench, settle],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<FlowEdge>[]) => {
      const links = new Set(view.selectedLinks);
      for (const change of changes) {
        if (change.type !== "select") continue;
        if (change.selected) links.add(change.id);
        else links.delete(change.id);
      }
      view.select(view.selection, links, links.size > view.selectedLinks.size ? [] : view.selectedFrames);
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

  const onEdgeDoubleClick = (event: ReactMouseEvent, { id }: FlowEdge) => {
    event.stopPropagation();
    perform(commandNamed("reroute"), scopeOf(bench, { link: parseLink(id), at: { x: event.clientX, y: event.clientY } }));
  };

  return (
    <div
      {...cutting}
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
        onEdgeDoubleClick={onEdgeDoubleClick}
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
        panActivationKeyCode={PAN_KEY}
        nodesDraggable={!panning}
        deleteKeyCode={null}
        disableKeyboardA11y
        edgesFocusable={false}
        elevateEdgesOnSelect={false}
        nodeDragThreshold={3}
        proOptions={{ hideAttribution: true }}
        aria-label="Graph of the workflow"
      >
        <Dots />
        <Frames />
        <Stroke />
        <WaitingLink />
        <LinkRelease />
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
