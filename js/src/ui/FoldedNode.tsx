/** A node that is folded: its header, and its links at the middle of its sides. */
import { memo, useMemo } from "react";
import { consumersOf, linkOf, type NodeJSON } from "../core/document";
import { shownSpec, spoken } from "../core/specs";
import { useSession, useWorkbench } from "./context";
import { NodeBelow } from "./NodeBelow";
import { NodeHeader } from "./NodeHeader";
import { useProblems } from "./problems";
import { ResizeEdge } from "./ResizeEdge";
import { Socket } from "./Socket";
import { useNodeStatus } from "./status";
import { tintOf } from "./tint";

export const FoldedNode = memo(function FoldedNode({ node, selected }: { node: NodeJSON; selected: boolean }) {
  const { session } = useWorkbench();
  const specs = useSession("specs", (s) => s.specs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as for an open node
  const spec = useMemo(() => shownSpec(specs, session.doc, node), [specs, node, specs.has(node.type) ? 0 : session.doc]);
  const problems = useProblems(node.id);
  const status = useNodeStatus(node, spec, problems);
  const given = useSession("doc", ({ doc }) => (consumersOf(doc).get(node.id) ?? []).map(({ slot }) => slot).join());
  const taken = new Set(given.split(",").filter(Boolean).map(Number));
  return (
    <div
      className="vnb-node vnb-node-folded"
      style={tintOf(node.colour)}
      data-vnb-node={node.id}
      data-vnb-type={node.type}
      data-vnb-state={status.state}
      data-mode={node.mode ?? "on"}
      data-tinted={node.colour ? "" : undefined}
      data-missing={spec.missing || undefined}
      data-selected={selected || undefined}
      data-folded=""
    >
      <NodeHeader node={node} spec={spec} status={status} problems={problems} />
      <div className="vnb-folded-sockets">
        {spec.inputs.map((input) => (
          <Socket
            key={input.name}
            node={node.id}
            side="target"
            handle={`in:${input.name}`}
            type={input.type}
            label={spoken(input.name)}
            linked={linkOf(node, input.name) !== undefined}
            folded
          />
        ))}
        {spec.outputs.map((output, slot) => (
          <Socket
            // biome-ignore lint/suspicious/noArrayIndexKey: an output is its place
            key={slot}
            node={node.id}
            side="source"
            handle={`out:${slot}`}
            type={output.type}
            label={spoken(output.name)}
            linked={taken.has(slot)}
            folded
          />
        ))}
      </div>
      <ResizeEdge node={node} />
      <NodeBelow node={node} spec={spec} problems={problems} status={status} />
    </div>
  );
});
