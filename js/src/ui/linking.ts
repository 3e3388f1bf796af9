/** Making links: by dragging, or by a click on one socket and then on another. A link that is refused says why. */
import { type Connection, type FinalConnectionState, type Handle, type OnConnectStartParams, useStoreApi } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { bridges } from "../core/bridging";
import { fittingInput, fittingOutput, type Plug } from "../core/compatibility";
import { linkOf, upstreamOf } from "../core/document";
import { outputType } from "../core/specs";
import { inputOf, slotOf } from "./actions";
import { addBridge } from "./adding";
import { useWorkbench, type Workbench } from "./context";
import type { FlowEdge } from "./flow";
import type { MenuEntry } from "./menu_entries";
import type { Connecting, Spot } from "./view";

function plugOf(
  connection: Pick<Connection, "source" | "target"> & { sourceHandle?: string | null; targetHandle?: string | null },
): Plug | null {
  const { source, target, sourceHandle, targetHandle } = connection;
  if (!sourceHandle?.startsWith("out:") || !targetHandle?.startsWith("in:")) return null;
  return { source, slot: slotOf(sourceHandle), target, input: inputOf(targetHandle) };
}

/** React Flow's handlers for all of it. */
export function useLinking() {
  const bench = useWorkbench();
  return useMemo(() => {
    const { session, view, actions } = bench;
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
        if (refused && !offerBridge(bench, from, state.toHandle, refused, at)) view.say(refused, at);
        return;
      }
      dropped(event.target as Element | null, from, at);
    };
    const dropped = (on: Element | null, from: Connecting, at: Spot) => {
      const below = document.elementFromPoint(at.x, at.y) ?? on;
      const node = below?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
      if (node !== undefined) return node === from.node ? undefined : droppedOnNode(node, from, at, below);
      if (!below?.closest(".react-flow__pane")) return;
      if (from.unplugged) return actions.unplug(from.unplugged.node, from.unplugged.input);
      actions.openPalette(at, { type: from.type, wants: from.side === "source" ? "input" : "output", from });
    };
    /** Dropped on a node's body: the socket of the row there; beside all rows, the first that takes it. */
    const droppedOnNode = (id: string, from: Connecting, at: Spot, below: Element | null) => {
      const node = session.doc.nodes.get(id);
      const spec = node && session.specs.get(node.type);
      if (!node || !spec) return;
      const row = socketOfRow(below, from.side);
      let plug: Plug | null = null;
      if (row !== undefined) {
        plug =
          from.side === "source"
            ? { source: from.node, slot: slotOf(from.handle), target: id, input: inputOf(row) }
            : { source: id, slot: slotOf(row), target: from.node, input: inputOf(from.handle) };
      } else if (from.side === "source") {
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
        actions.dropLink();
        if (view.selectedFrames.size > 0) view.select(view.selection, view.selectedLinks);
      },
    };
  }, [bench]);
}

/** Where two types don't fit but a node between them would do: says why, and offers it. */
function offerBridge(bench: Workbench, from: Connecting, to: Pick<Handle, "nodeId" | "id">, reason: string, at: Spot): boolean {
  const { session, view } = bench;
  const [source, target] =
    from.side === "source" ? [{ nodeId: from.node, id: from.handle }, to] : [to, { nodeId: from.node, id: from.handle }];
  const plug = plugOf({ source: source.nodeId, sourceHandle: source.id, target: target.nodeId, targetHandle: target.id });
  const spec = session.specs.get(session.doc.nodes.get(plug?.target ?? "")?.type ?? "");
  const wanted = spec?.inputs.find((input) => input.name === plug?.input);
  if (!plug || !wanted || wanted.widget || upstreamOf(session.doc, plug.source).has(plug.target)) return false;
  const found = bridges(session.specs, outputType(session.specs, session.doc, plug.source, plug.slot), wanted.type);
  if (found.length === 0) return false;
  const entries = found.slice(0, 3).map(
    (bridge): MenuEntry => ({
      kind: "do",
      id: bridge.via.type,
      name: `Add ${bridge.via.display_name} between them`,
      icon: "add",
      run: () => addBridge(bench, bridge, plug, from, at),
    }),
  );
  view.update("menu", { name: reason, at, entries: [{ kind: "title", text: reason }, ...entries] });
  return true;
}

function pointOf(event: MouseEvent | TouchEvent): Spot {
  const touch = "changedTouches" in event ? event.changedTouches[0] : undefined;
  const { clientX, clientY } = touch ?? (event as MouseEvent);
  return { x: clientX, y: clientY };
}

/** Gives the rest of the editor a way to let go of a link in the air. Lives inside React Flow. */
export function LinkRelease() {
  const { view, actions } = useWorkbench();
  const store = useStoreApi();
  useEffect(() => {
    actions.dropLink = () => {
      view.update("connecting", null);
      store.setState({ connectionClickStartHandle: null });
      store.getState().cancelConnection();
    };
    return () => {
      actions.dropLink = () => {};
    };
  }, [view, actions, store]);
  return null;
}

/** The handle of the socket, on the side where a link from `side` can end, of the row of a node that this element is in. */
function socketOfRow(element: Element | null, side: Connecting["side"]): string | undefined {
  const row = element?.closest(".vnb-field-cell, .vnb-socket-row");
  const wanted = side === "source" ? "in:" : "out:";
  const sockets = [...(row?.querySelectorAll<HTMLElement>("[data-vnb-socket]") ?? [])];
  return sockets.map(({ dataset }) => dataset.handleid ?? "").find((handle) => handle.startsWith(wanted));
}
