/** What a node shows, row by row: sockets (inputs and outputs side by side), then fields, two short numbers to a row. */
import { linkOf, literalOf, type NodeJSON, sameJson } from "./document";
import { fieldKind, type InputSpec, type OutputSpec, type ShownSpec, shownValue, spoken } from "./specs";

export interface SocketRow {
  input?: InputSpec;
  output?: OutputSpec;
  slot: number;
}

export interface Rows {
  sockets: SocketRow[];
  fields: InputSpec[][];
  /** Fields that are folded away; shown when the node is unfolded. */
  folded: InputSpec[];
  /** Whether there is anything to fold. */
  foldable: boolean;
}

const MOST_FIELDS = 6;
const KEPT_FIELDS = 5;
const SHORT_LABEL = 7;

/** The rows of a node. `unfolded`: show what would be folded under "N more". `needed`: inputs that must stay in sight. */
export function rowsOf(spec: ShownSpec, node: NodeJSON, unfolded: boolean, needed: ReadonlySet<string>): Rows {
  const sockets = spec.inputs.filter((input) => !input.widget);
  const count = Math.max(sockets.length, spec.outputs.length);
  const socketRows = Array.from(
    { length: count },
    (_, i): SocketRow => ({ input: sockets[i], output: spec.outputs[i], slot: i }),
  );
  const fields = spec.inputs.filter((input) => input.widget);
  const foldable = fields.length > MOST_FIELDS;
  const kept = fields.filter((input, i) => !foldable || i < KEPT_FIELDS || mustShow(input, node, needed));
  const folded = fields.filter((input) => !kept.includes(input));
  return { sockets: socketRows, fields: paired(unfolded ? fields : kept, node), folded, foldable: foldable && folded.length > 0 };
}

function mustShow(input: InputSpec, node: NodeJSON, needed: ReadonlySet<string>): boolean {
  const own = literalOf(node, input.name);
  return needed.has(input.name) || linkOf(node, input.name) !== undefined || (own !== undefined && !sameJson(own, input.default));
}

function paired(fields: InputSpec[], node: NodeJSON): InputSpec[][] {
  const rows: InputSpec[][] = [];
  for (const input of fields) {
    const last = rows.at(-1);
    const first = last?.[0];
    if (last?.length === 1 && first && isShort(first, node) && isShort(input, node)) last.push(input);
    else rows.push([input]);
  }
  return rows;
}

function isShort(input: InputSpec, node: NodeJSON): boolean {
  const kind = fieldKind(input, shownValue(input, node));
  return kind === "number" && spoken(input.name).length <= SHORT_LABEL && linkOf(node, input.name) === undefined;
}
