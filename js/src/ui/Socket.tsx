/** One socket: a 2 px handle on the node's border with its glyph around it and a hit area of 24 px (44 on touch). */
import { Handle, Position, useStoreApi } from "@xyflow/react";
import { XYHandle } from "@xyflow/system";
import { memo, type PointerEvent } from "react";
import { fits } from "../core/compatibility";
import { linkOf, type Source } from "../core/document";
import { useView, useWorkbench } from "./context";
import { Glyph } from "./Glyph";

interface Props {
  node: string;
  side: "source" | "target";
  handle: string;
  type: string;
  label: string;
  linked: boolean;
  optional?: boolean;
  list?: boolean;
  /** Belongs to a field: in sight only when linked, pointed at, or when a link looks for it. */
  field?: boolean;
  needed?: boolean;
  /** At the side of a folded node, with all others of that side. */
  folded?: boolean;
  /** In the middle of a reroute. */
  reroute?: boolean;
}

export const Socket = memo(function Socket(props: Props) {
  const { node, side, handle, type, label, linked, optional = false, list = false, field = false, needed = false } = props;
  const { folded = false, reroute = false } = props;
  const fit = useView("connecting", ({ connecting }) => {
    if (!connecting) return "";
    if (connecting.node === node && connecting.handle === handle) return "from";
    if (connecting.side === side || connecting.node === node) return "no";
    return (side === "target" ? fits(connecting.type, type) : fits(type, connecting.type)) ? "yes" : "no";
  });
  const rePlug = useRePlug(node, handle, side === "target" && linked);
  return (
    <Handle
      type={side}
      id={handle}
      position={side === "target" ? Position.Left : Position.Right}
      className="vnb-socket"
      isConnectableStart={!rePlug}
      onPointerDownCapture={rePlug}
      data-vnb-socket={`${node}.${handle}`}
      data-fit={fit || undefined}
      data-linked={linked || undefined}
      data-field={field || undefined}
      data-needed={needed || undefined}
      data-place={folded ? "folded" : reroute ? "reroute" : undefined}
      role="button"
      tabIndex={-1}
      aria-label={`${side === "target" ? "input" : "output"} ${label}, ${type}`}
      title={`${label}: ${type === "*" ? "any type" : type}${optional ? ", optional" : ""}`}
    >
      <Glyph type={type} list={list} small={optional} />
    </Handle>
  );
});

/** Dragging a linked input takes the link's end out of it; the link then hangs on its source. */
function useRePlug(node: string, handle: string, active: boolean): ((event: PointerEvent<HTMLDivElement>) => void) | undefined {
  const { session, view } = useWorkbench();
  const store = useStoreApi();
  if (!active) return undefined;
  const input = handle.slice("in:".length);
  return (event) => {
    const target = session.doc.nodes.get(node);
    const link: Source | undefined = target && linkOf(target, input);
    if (!link || event.button !== 0 || view.connecting) return;
    const state = store.getState();
    XYHandle.onPointerDown(event.nativeEvent as unknown as MouseEvent, {
      handleDomNode: event.currentTarget,
      autoPanOnConnect: state.autoPanOnConnect,
      connectionMode: state.connectionMode,
      connectionRadius: state.connectionRadius,
      domNode: state.domNode,
      nodeLookup: state.nodeLookup,
      lib: state.lib,
      isTarget: false,
      edgeUpdaterType: "source",
      handleId: `out:${link[1]}`,
      nodeId: link[0],
      flowId: state.rfId,
      panBy: state.panBy,
      cancelConnection: state.cancelConnection,
      onConnectStart: (startEvent, params) => {
        view.unplugging = { node, input };
        state.onConnectStart?.(startEvent, params);
      },
      onConnect: (connection) => store.getState().onConnect?.(connection),
      onConnectEnd: (...args) => store.getState().onConnectEnd?.(...args),
      updateConnection: state.updateConnection,
      isValidConnection: (...args) => store.getState().isValidConnection?.(...args) ?? true,
      getTransform: () => store.getState().transform,
      getFromHandle: () => store.getState().connection.fromHandle,
      autoPanSpeed: state.autoPanSpeed,
      dragThreshold: 3,
    });
  };
}
