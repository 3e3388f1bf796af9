/** One row of sockets: an input at the left, an output at the right; the line through a bypassed node. */

import { fits } from "../core/compatibility";
import { linkOf, type NodeJSON } from "../core/document";
import { tipOf } from "../core/prose";
import type { SocketRow } from "../core/rows";
import { type ShownSpec, spoken } from "../core/specs";
import { typeColours } from "./Glyph";
import { Socket } from "./Socket";

interface Props {
  row: SocketRow;
  node: NodeJSON;
  spec: ShownSpec;
  needed: ReadonlySet<string>;
  bypassed: boolean;
}

export function SocketPair({ row: { input, output, slot }, node, spec, needed, bypassed }: Props) {
  const through = bypassed && input && output && fits(input.type, output.type);
  return (
    <div className="vnb-socket-row">
      {input && (
        <>
          <Socket
            node={node.id}
            side="target"
            handle={`in:${input.name}`}
            type={input.type}
            label={spoken(input.name)}
            linked={linkOf(node, input.name) !== undefined}
            optional={!input.required}
            needed={needed.has(input.name)}
          />
          <span
            className="vnb-socket-name"
            title={tipOf(input)}
            data-stray={(spec.strays.has(input.name) && !spec.missing) || undefined}
          >
            {spoken(input.name)}
          </span>
        </>
      )}
      {through && <span className="vnb-through" style={typeColours(output.type)} />}
      {output && (
        <>
          <span className="vnb-socket-name vnb-socket-out" title={tipOf(output)}>
            {spoken(output.name)}
          </span>
          <Socket
            node={node.id}
            side="source"
            handle={`out:${slot}`}
            type={output.type}
            label={spoken(output.name)}
            linked={false}
            list={output.is_list}
          />
        </>
      )}
    </div>
  );
}
