/** What would mend a node that failed, where that can be known: edits after which it is worth running again. */
import type { ErrorJSON } from "../sync/messages";
import { type Doc, linkOf, literalOf, type NodeJSON } from "./document";
import type { Mending } from "./mending";
import type { Op } from "./ops";
import { closest } from "./search";
import { type ShownSpec, type Specs, shownValue, spoken, titleOf } from "./specs";

/** Classes that do the same in tiles, with less memory. */
const TILED: Record<string, string> = { VAEDecode: "VAEDecodeTiled", VAEEncode: "VAEEncodeTiled" };

export function errorMendings(specs: Specs, doc: Doc, node: NodeJSON, spec: ShownSpec, error: ErrorJSON): Mending[] {
  if (/memory/i.test(error.title)) return lessMemory(specs, doc, node);
  if (/not found/i.test(error.title)) return otherFile(node, spec, error);
  if (/match|fit together/i.test(error.title)) return sameSource(specs, doc, node, spec);
  return [];
}

function lessMemory(specs: Specs, doc: Doc, node: NodeJSON): Mending[] {
  const tiled = TILED[node.type];
  const spec = tiled === undefined ? undefined : specs.get(tiled);
  if (spec) {
    const verb = node.type === "VAEDecode" ? "Decode" : "Encode";
    return [
      {
        label: `${verb} in tiles`,
        ops: exchanged(
          doc,
          node,
          spec.type,
          spec.inputs.map(({ name }) => name),
        ),
      },
    ];
  }
  for (const other of doc.nodes.values()) {
    const batch = literalOf(other, "batch_size");
    if (typeof batch === "number" && batch > 1)
      return [{ label: "One picture at a time", ops: [{ op: "set", id: other.id, input: "batch_size", value: 1 }] }];
  }
  return [];
}

/** A node of another class in the place of this one, with its links and what both know. */
function exchanged(doc: Doc, node: NodeJSON, type: string, inputs: readonly string[]): Op[] {
  const known = <T>(record: { [key: string]: T }) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => inputs.includes(key)));
  const index = [...doc.nodes.keys()].indexOf(node.id);
  const relink: Op[] = [];
  for (const other of doc.nodes.values())
    for (const [input, [source, slot]] of Object.entries(other.links))
      if (source === node.id && other.id !== node.id) relink.push({ op: "link", id: other.id, input, source: [source, slot] });
  const next: NodeJSON = { ...node, type, values: known(node.values), links: known(node.links) };
  return [{ op: "remove", id: node.id }, { op: "add", node: next, index }, ...relink];
}

/** The nearest name of those there are, for an input that names a file. */
function otherFile(node: NodeJSON, spec: ShownSpec, error: ErrorJSON): Mending[] {
  for (const input of spec.inputs) {
    const choices = (input.choices ?? []).filter((choice) => typeof choice === "string");
    const value = shownValue(input, node);
    if (choices.length === 0 || typeof value !== "string" || linkOf(node, input.name)) continue;
    if (choices.includes(value) && !error.message.includes(value)) continue;
    const others = choices.filter((choice) => choice !== value);
    const near = closest(value, others) ?? others[0];
    if (near !== undefined) return [{ label: `Use ${near}`, ops: [{ op: "set", id: node.id, input: input.name, value: near }] }];
  }
  return [];
}

/** Text and model that come from two checkpoints: the text takes the CLIP of the model's. */
function sameSource(specs: Specs, doc: Doc, node: NodeJSON, spec: ShownSpec): Mending[] {
  const model = origin(doc, node, "model");
  const slot = model ? (specs.get(model.type)?.outputs.findIndex(({ type }) => type === "CLIP") ?? -1) : -1;
  if (!model || slot < 0) return [];
  const ops: Op[] = [];
  for (const input of spec.inputs) {
    if (input.type !== "CONDITIONING") continue;
    const text = origin(doc, node, input.name);
    const clip = text && linkOf(text, "clip");
    if (text && clip && clip[0] !== model.id) ops.push({ op: "link", id: text.id, input: "clip", source: [model.id, slot] });
  }
  const file = Object.values(model.values).find((value) => typeof value === "string");
  return ops.length > 0
    ? [{ label: `Use CLIP of ${file ?? titleOf(model, specs.get(model.type)) ?? spoken("model")}`, ops }]
    : [];
}

function origin(doc: Doc, node: NodeJSON, input: string): NodeJSON | undefined {
  const link = linkOf(node, input);
  return link && doc.nodes.get(link[0]);
}
