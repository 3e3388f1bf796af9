/**
 * The panel: what of a workflow is shown to someone who wants a picture and no graph.
 *
 * A document may say which inputs are on it. If it does not, they are found here: pictures, prompts, the shape, steps and seed come
 * first; what is changed less often waits under "More". Width and height of one node are shown as one shape. The kernel chooses alike
 * (virgil_nb/widget/panel_entries.py): tests of both read tests/widget/panel_cases.json.
 */
import { consumersOf, type Doc, linkOf, type NodeJSON, type PanelItemJSON, upstreamOf } from "./document";
import { fieldKind, type InputSpec, type ShownSpec, type Specs, shownSpec, shownValue, spoken, titleOf } from "./specs";

export interface PanelEntry {
  node: NodeJSON;
  spec: ShownSpec;
  input: InputSpec;
  label: string;
  role: "picture" | "prompt" | "shape" | "field";
  /** The input beside it that is shown with it: the height of a shape. */
  partner?: InputSpec;
}

export interface PanelEntries {
  main: PanelEntry[];
  more: PanelEntry[];
  /** Whether the document says what is on the panel. */
  chosen: boolean;
}

const MOST = 9;
const AVOID = /^(negative|uncond)/i;
/** Names that a beginner reads, where the input's own says little. */
const LABELS: Record<string, string> = {
  cfg: "guidance",
  sampler_name: "sampler",
  ckpt_name: "model",
  noise_seed: "seed",
  denoise: "change",
};
const RARE = ["cfg", "sampler_name", "scheduler", "denoise", "ckpt_name"];

export function panelOf(specs: Specs, doc: Doc): PanelEntries {
  if (!doc.panel) return found(specs, doc);
  const entries = doc.panel.flatMap((item) => entryOf(specs, doc, item) ?? []);
  return { main: withShapes(entries), more: [], chosen: true };
}

/** What is on the panel, input by input: the items that a document would name to say the same. */
export function itemsOf(specs: Specs, doc: Doc): PanelItemJSON[] {
  if (doc.panel) return [...doc.panel];
  return found(specs, doc).main.flatMap(({ node, input, partner, label }) => {
    const named = label === spoken(input.name) || partner ? {} : { label };
    const first: PanelItemJSON = { node: node.id, input: input.name, ...named };
    return partner ? [first, { node: node.id, input: partner.name }] : [first];
  });
}

/** The items with this input on the panel if it was not, and off it if it was. */
export function toggled(items: readonly PanelItemJSON[], node: string, input: string): PanelItemJSON[] {
  const others = items.filter((item) => item.node !== node || item.input !== input);
  return others.length < items.length ? others : [...others, { node, input }];
}

/** The items with the one at `from` moved to place `to`. */
export function moved(items: readonly PanelItemJSON[], from: number, to: number): PanelItemJSON[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  if (item) next.splice(to, 0, item);
  return next;
}

function entryOf(specs: Specs, doc: Doc, item: PanelItemJSON): PanelEntry | null {
  const node = doc.nodes.get(item.node);
  if (!node) return null;
  const spec = shownSpec(specs, doc, node);
  const input = spec.inputs.find((candidate) => candidate.name === item.input && candidate.widget);
  return input ? entry(node, spec, input, item.label ?? spoken(input.name)) : null;
}

function entry(node: NodeJSON, spec: ShownSpec, input: InputSpec, label: string): PanelEntry {
  const kind = linkOf(node, input.name) ? "linked" : fieldKind(input, shownValue(input, node));
  const role = input.image_upload ? "picture" : kind === "text" ? "prompt" : "field";
  return { node, spec, input: { ...input, label }, label, role };
}

/** Width and height of the same node that follow each other become one shape. */
function withShapes(entries: PanelEntry[]): PanelEntry[] {
  const shown: PanelEntry[] = [];
  for (const next of entries) {
    const last = shown.at(-1);
    const pair = last && last.node.id === next.node.id && isSize(last, "width") && isSize(next, "height") && !last.partner;
    if (pair) shown[shown.length - 1] = { ...last, role: "shape", label: "Shape", partner: next.input };
    else shown.push(next);
  }
  return shown;
}

function isSize({ node, input }: PanelEntry, name: string): boolean {
  return input.name === name && input.type === "INT" && linkOf(node, name) === undefined;
}

// --- what the editor chooses ------------------------------------------------------------------------------------------

interface Found {
  entry: PanelEntry;
  rank: number;
}

const cache = new WeakMap<Doc, { specs: Specs; entries: PanelEntries }>();

function found(specs: Specs, doc: Doc): PanelEntries {
  const known = cache.get(doc);
  if (known?.specs === specs) return known.entries;
  const all = inUse(specs, doc).flatMap((node) => ofNode(specs, doc, node));
  const avoided = avoidedTexts(doc);
  const main: Found[] = [];
  const more: Found[] = [];
  const pictures = all.some(({ role }) => role === "picture");
  for (const candidate of all) {
    const { input, node, role } = candidate;
    const name = input.name;
    const avoid = role === "prompt" && avoided.has(node.id);
    const rank = avoid ? 0 : role === "prompt" ? 2 : role === "picture" ? 1 : name === "steps" ? 5 : name === "seed" ? 6 : -1;
    if (avoid) more.push({ entry: relabelled(candidate, "avoid"), rank: 0 });
    else if (role === "shape") main.push({ entry: candidate, rank: 3 });
    else if (name === "denoise" && pictures) main.push({ entry: candidate, rank: 4 });
    else if (rank > 0) main.push({ entry: candidate, rank });
    else if (input.control_after_generate) main.push({ entry: candidate, rank: 6 });
    else if (RARE.includes(name)) more.push({ entry: candidate, rank: 1 + RARE.indexOf(name) });
  }
  if (main.length === 0) main.push(...all.map((candidate) => ({ entry: candidate, rank: 0 })));
  const entries = { main: named(ordered(main).slice(0, MOST)), more: ordered(more).slice(0, MOST), chosen: false };
  cache.set(doc, { specs, entries });
  return entries;
}

function ordered(entries: Found[]): PanelEntry[] {
  return entries.sort((a, b) => a.rank - b.rank).map((item) => item.entry);
}

/** The nodes that some output needs and that are on, in the order of the document. */
function inUse(specs: Specs, doc: Doc): NodeJSON[] {
  const outputs = [...doc.nodes.values()].filter((node) => specs.get(node.type)?.output_node && (node.mode ?? "on") === "on");
  const needed = new Set(outputs.flatMap(({ id }) => [...upstreamOf(doc, id)]));
  return [...doc.nodes.values()].filter(({ id, mode }) => (mode ?? "on") === "on" && (needed.size === 0 || needed.has(id)));
}

function ofNode(specs: Specs, doc: Doc, node: NodeJSON): PanelEntry[] {
  const spec = shownSpec(specs, doc, node);
  const free = spec.inputs.filter(
    (input) => input.widget && linkOf(node, input.name) === undefined && !spec.strays.has(input.name),
  );
  return withShapes(free.map((input) => entry(node, spec, input, LABELS[input.name] ?? spoken(input.name))));
}

/** Nodes whose text only says what should not be in the picture. */
function avoidedTexts(doc: Doc): ReadonlySet<string> {
  const avoided = new Set<string>();
  const wanted = new Set<string>();
  for (const [id, consumers] of consumersOf(doc))
    for (const { input, node } of consumers) {
      if (doc.nodes.get(node)?.mode === "muted") continue;
      if (AVOID.test(input)) for (const source of upstreamOf(doc, id)) avoided.add(source);
      else if (/positive|cond/i.test(input)) for (const source of upstreamOf(doc, id)) wanted.add(source);
    }
  return new Set([...avoided].filter((id) => !wanted.has(id)));
}

/** Prompts and other inputs under names that tell them apart. */
function named(entries: PanelEntry[]): PanelEntry[] {
  const prompts = entries.filter(({ role }) => role === "prompt").length;
  const pictures = entries.filter(({ role }) => role === "picture").length;
  return entries.map((item) => {
    if (item.role === "prompt") return relabelled(item, prompts === 1 ? "Describe a picture" : titleOf(item.node, item.spec));
    if (item.role === "picture" && item.label === "image")
      return relabelled(item, pictures === 1 ? "Start from" : titleOf(item.node, item.spec));
    const twins = entries.filter(({ label, role }) => label === item.label && role === item.role).length;
    return twins > 1 ? relabelled(item, `${titleOf(item.node, item.spec)}, ${item.label}`) : item;
  });
}

function relabelled(item: PanelEntry, label: string): PanelEntry {
  return { ...item, label, input: { ...item.input, label } };
}

/** The nodes whose pictures are the workflow's results, in the order of the document. */
export function resultNodes(specs: Specs, doc: Doc): string[] {
  return [...doc.nodes.values()]
    .filter((node) => specs.get(node.type)?.output_node && node.mode !== "muted" && node.mode !== "bypassed")
    .map(({ id }) => id);
}
