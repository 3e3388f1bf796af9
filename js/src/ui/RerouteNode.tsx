/** A reroute: a dot in the colour of its link. Its middle moves it; at its right a new link begins, at its left its own comes off. */
import { memo } from "react";
import { linkOf, type NodeJSON } from "../core/document";
import { REROUTE_INPUT } from "../core/reroute";
import { outputType } from "../core/specs";
import { useSession } from "./context";
import { typeColours } from "./Glyph";
import { Socket } from "./Socket";

export const RerouteNode = memo(function RerouteNode({ node, selected }: { node: NodeJSON; selected: boolean }) {
  const type = useSession("doc", ({ specs, doc }) => outputType(specs, doc, node.id, 0));
  const fed = linkOf(node, REROUTE_INPUT) !== undefined;
  return (
    <div
      className="vnb-reroute"
      style={typeColours(type)}
      title={type === "*" ? "Reroute" : `Reroute: ${type}`}
      data-vnb-node={node.id}
      data-vnb-type={node.type}
      data-vnb-state="idle"
      data-mode={node.mode ?? "on"}
      data-selected={selected || undefined}
      data-loose={!fed || undefined}
    >
      <span className="vnb-reroute-dot" />
      <Socket node={node.id} side="target" handle="in:" type={type} label="reroute" linked={fed} reroute />
      <Socket node={node.id} side="source" handle="out:0" type={type} label="reroute" linked={false} reroute />
    </div>
  );
});
