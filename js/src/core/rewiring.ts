/** What becomes of links when a node goes out of a chain, and when one is put into it. */
import { fits, fittingInput, fittingOutput, type Plug } from "./compatibility";
import { consumersOf, type Doc, linkOf, type Source } from "./document";
import { type Op, removal } from "./ops";
import { outputType, type SpecJSON, type Specs } from "./specs";

/** Takes these nodes out and joins what fed them to what they fed, where the types allow it. */
export function healed(specs: Specs, doc: Doc, ids: ReadonlySet<string>): Op[] {
  const joins: Op[] = [];
  for (const id of ids) {
    for (const { node, input, slot } of consumersOf(doc).get(id) ?? []) {
      if (ids.has(node)) continue;
      const wanted = specs.get(doc.nodes.get(node)?.type ?? "")?.inputs.find(({ name }) => name === input)?.type ?? "*";
      const source = feeder(specs, doc, ids, id, outputType(specs, doc, id, slot), wanted);
      if (source) joins.push({ op: "link", id: node, input, source });
    }
  }
  return [...removal([...ids].filter((id) => doc.nodes.has(id))), ...joins];
}

/** What gives `type` to the node, or to the going nodes that feed it: first what is of the very type that it gave, then what fits. */
function feeder(specs: Specs, doc: Doc, going: ReadonlySet<string>, id: string, gave: string, wanted: string): Source | null {
  const seen = new Set<string>();
  const look = (at: string, good: (type: string) => boolean): Source | null => {
    const node = doc.nodes.get(at);
    if (!node || seen.has(at)) return null;
    seen.add(at);
    for (const [source, slot] of Object.values(node.links)) {
      if (!good(outputType(specs, doc, source, slot))) continue;
      const found: Source | null = going.has(source) ? look(source, good) : [source, slot];
      if (found) return found;
    }
    return null;
  };
  const same = look(id, (type) => type === gave);
  seen.clear();
  return same ?? look(id, (type) => type !== "*" && fits(type, wanted));
}

/** The edits that put a node into a link, or null if it does not fit there, or if its sockets are taken. */
export function insertion(specs: Specs, doc: Doc, plug: Plug, id: string): Op[] | null {
  const node = doc.nodes.get(id);
  const spec = node && specs.get(node.type);
  const target = doc.nodes.get(plug.target);
  if (!node || !spec || !target || id === plug.source || id === plug.target) return null;
  if ((consumersOf(doc).get(id) ?? []).length > 0) return null;
  const given = outputType(specs, doc, plug.source, plug.slot);
  const wanted = specs.get(target.type)?.inputs.find(({ name }) => name === plug.input)?.type ?? given;
  const free = { ...spec, inputs: spec.inputs.filter(({ name }) => !linkOf(node, name)) };
  const input = fittingInput(free, given);
  // A field may be fed by a link as well, but nobody drops a node to feed a field.
  if (!input || (input.widget && given !== "*")) return null;
  const slot = fittingOutput(spec, wanted === "*" ? given : wanted);
  if (slot < 0) return null;
  return [
    { op: "link", id, input: input.name, source: [plug.source, plug.slot] },
    { op: "link", id: plug.target, input: plug.input, source: [id, slot] },
  ];
}

/** Every link of the document. */
export function plugsOf(doc: Doc): Plug[] {
  const plugs: Plug[] = [];
  for (const node of doc.nodes.values())
    for (const [input, [source, slot]] of Object.entries(node.links))
      if (doc.nodes.has(source)) plugs.push({ source, slot, target: node.id, input });
  return plugs;
}

/** Whether a new node of this class could be put into a link that gives one type and feeds another. */
export function goesBetween(spec: SpecJSON, given: string, wanted: string): boolean {
  const sockets = { ...spec, inputs: spec.inputs.filter((input) => !input.widget) };
  return fittingInput(sockets, given) !== undefined && fittingOutput(spec, wanted === "*" ? given : wanted) >= 0;
}
