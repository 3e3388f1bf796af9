/** A node on the canvas. It listens to its own state only: a tick of progress elsewhere does not draw it again. */
import { type NodeProps, useUpdateNodeInternals } from "@xyflow/react";
import { memo, useEffect, useMemo, useRef } from "react";
import type { NodeJSON } from "../core/document";
import { isReroute } from "../core/reroute";
import { rowsOf } from "../core/rows";
import { pictureKind, shownSpec } from "../core/specs";
import { useDocNode, useSession, useView, useWorkbench } from "./context";
import { FarNode } from "./FarNode";
import { FoldedNode } from "./FoldedNode";
import { Field } from "./fields/Field";
import type { FlowNode } from "./flow";
import { Icon } from "./Icon";
import { NodeBelow } from "./NodeBelow";
import { NodeHeader } from "./NodeHeader";
import { PictureBox } from "./PictureBox";
import { useProblems } from "./problems";
import { RerouteNode } from "./RerouteNode";
import { ResizeEdge } from "./ResizeEdge";
import { SocketPair } from "./SocketPair";
import { useNodeStatus } from "./status";
import { tintOf } from "./tint";

export const NodeView = memo(function NodeView({ id, selected, height }: NodeProps<FlowNode>) {
  const node = useDocNode(id);
  const far = useView("far", (view) => view.far);
  if (!node) return null;
  if (isReroute(node)) return <RerouteNode node={node} selected={selected ?? false} />;
  if (far) return <FarNode node={node} selected={selected ?? false} height={height ?? 0} />;
  return node.folded ? (
    <FoldedNode node={node} selected={selected ?? false} />
  ) : (
    <NodeBody node={node} selected={selected ?? false} />
  );
});

const NodeBody = memo(function NodeBody({ node, selected }: { node: NodeJSON; selected: boolean }) {
  const { session, view } = useWorkbench();
  const specs = useSession("specs", (s) => s.specs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a spec is made from the node, the specs and (if its class is missing) who uses it
  const spec = useMemo(() => shownSpec(specs, session.doc, node), [specs, node, specs.has(node.type) ? 0 : session.doc]);
  const unfolded = useView("unfolded", (v) => v.unfolded.has(node.id));
  const problems = useProblems(node.id);
  const needed = useMemo(() => new Set(problems.flatMap((problem) => problem.input ?? [])), [problems]);
  const rows = useMemo(() => rowsOf(spec, node, unfolded, needed), [spec, node, unfolded, needed]);
  const status = useNodeStatus(node, spec, problems);
  const mode = node.mode ?? "on";
  useFreshHandles(node.id, rows.fields.map((row) => row.map((input) => input.name).join("+")).join() + rows.sockets.length);

  return (
    <div
      className="vnb-node"
      style={tintOf(node.colour)}
      data-tinted={node.colour ? "" : undefined}
      data-vnb-node={node.id}
      data-vnb-type={node.type}
      data-vnb-state={status.state}
      data-mode={mode}
      data-missing={spec.missing || undefined}
      data-selected={selected || undefined}
    >
      <NodeHeader node={node} spec={spec} status={status} problems={problems} />
      {rows.sockets.length > 0 && (
        <div className="vnb-sockets">
          {rows.sockets.map((row) => (
            <SocketPair key={row.slot} row={row} node={node} spec={spec} needed={needed} bypassed={mode === "bypassed"} />
          ))}
        </div>
      )}
      {rows.fields.length > 0 && (
        <div className="vnb-fields">
          {rows.fields.map((row) => (
            <div className="vnb-field-row" key={row[0]?.name}>
              {row.map((input) => (
                <Field
                  key={input.name}
                  node={node}
                  input={input}
                  problem={problems.find((problem) => problem.input === input.name)}
                  alone={rows.fields.length === 1 && row.length === 1}
                />
              ))}
            </div>
          ))}
        </div>
      )}
      {rows.foldable && (
        <button
          type="button"
          className="vnb-more nodrag nopan"
          aria-expanded={unfolded}
          onClick={() => view.toggle("unfolded", node.id, !unfolded)}
        >
          {unfolded ? "fewer" : `${rows.folded.length} more`}
          <Icon name="down" size={12} />
        </button>
      )}
      <PictureBox node={node} kind={pictureKind(spec)} />
      <ResizeEdge node={node} />
      <NodeBelow node={node} spec={spec} problems={problems} status={status} />
    </div>
  );
});

/** Tells React Flow to look at the sockets again when rows came, went or changed places. */
function useFreshHandles(id: string, signature: string): void {
  const update = useUpdateNodeInternals();
  const seen = useRef(signature);
  useEffect(() => {
    if (seen.current === signature) return; // React Flow looks at a new node by itself.
    seen.current = signature;
    update(id);
  }, [id, signature, update]);
}
