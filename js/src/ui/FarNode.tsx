/** A node of a large graph seen from far away: its box, icon and title. Of the same height, so its sockets stay where they were. */
import { memo } from "react";
import type { NodeJSON } from "../core/document";
import { titleOf } from "../core/specs";
import { useSession } from "./context";
import { Icon, iconOf } from "./Icon";

export const FarNode = memo(function FarNode({ node, selected, height }: { node: NodeJSON; selected: boolean; height: number }) {
  const spec = useSession("specs", (session) => session.specs.get(node.type));
  const state = useSession(`state:${node.id}`, (session) => session.state(node.id)?.state);
  return (
    <div
      className="vnb-node"
      style={{ height }}
      data-vnb-node={node.id}
      data-vnb-type={node.type}
      data-vnb-state={state ?? "idle"}
      data-mode={node.mode ?? "on"}
      data-missing={!spec || undefined}
      data-selected={selected || undefined}
    >
      <div className="vnb-header">
        <span className="vnb-header-icon">
          <Icon name={spec ? iconOf(node.type, spec.category) : "unknown"} size={15} />
        </span>
        <h3 className="vnb-title">{titleOf(node, spec)}</h3>
      </div>
    </div>
  );
});
