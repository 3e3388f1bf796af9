/** Node specs as the kernel describes them, and what the editor reads out of them. */
import type { InputSpecJSON, OutputSpecJSON, SpecJSON } from "../sync/messages";
import { consumersOf, type Doc, type Json, linkOf, literalOf, type NodeJSON } from "./document";
import { legible } from "./legible";
import { sourceBehind } from "./reroute";
import { numberIn } from "./whole";

export type { SpecJSON } from "../sync/messages";
/** `label`: what the input is called where it is shown under another name. */
export type InputSpec = InputSpecJSON & { label?: string };
export type OutputSpec = OutputSpecJSON;

/** A spec as one node shows it: with what the node holds that its class does not (or no longer) name. */
export interface ShownSpec extends SpecJSON {
  missing: boolean;
  strays: ReadonlySet<string>;
}

export type Specs = ReadonlyMap<string, SpecJSON>;

/**
 * The spec by which a node is drawn. A class that is not there is made up from the node's own values and links, and an input that
 * the class does not name is kept as a stray, so that nothing that the document holds is hidden.
 */
export function shownSpec(specs: Specs, doc: Doc, node: NodeJSON): ShownSpec {
  const spec = specs.get(node.type);
  const named = new Set(spec?.inputs.map((input) => input.name));
  const strays = new Set([...Object.keys(node.links), ...Object.keys(node.values)].filter((name) => !named.has(name)));
  const inputs = [...(spec?.inputs ?? []), ...[...strays].map((name) => strayInput(node, name))];
  const outputs = [...(spec?.outputs ?? [])];
  for (const { slot } of consumersOf(doc).get(node.id) ?? []) {
    while (outputs.length <= slot && slot < 64) outputs.push({ name: `output ${outputs.length}`, type: "*" });
  }
  const base: SpecJSON = spec ?? {
    type: node.type,
    display_name: node.type,
    category: "",
    description: "",
    output_node: false,
    inputs: [],
    outputs: [],
  };
  return { ...base, inputs, outputs, missing: !spec, strays };
}

function strayInput(node: NodeJSON, name: string): InputSpec {
  const value = literalOf(node, name);
  const type =
    numberIn(value) !== null
      ? Number.isInteger(Number(value))
        ? "INT"
        : "FLOAT"
      : typeof value === "boolean"
        ? "BOOLEAN"
        : typeof value === "string"
          ? "STRING"
          : "*";
  return { name, type, required: false, widget: linkOf(node, name) === undefined && type !== "*" };
}

/** What an input holds: its own value, else its default, else what an empty field of its kind means. */
export function shownValue(input: InputSpec, node: NodeJSON): Json {
  const own = literalOf(node, input.name);
  if (own !== undefined) return own;
  if (input.default !== undefined) return input.default;
  if (input.choices) return input.choices[0] ?? "";
  if (input.type === "INT" || input.type === "FLOAT") return input.min ?? 0;
  return input.type === "BOOLEAN" ? false : "";
}

export type FieldKind = "number" | "seed" | "text" | "line" | "choice" | "toggle" | "object";

/** Which field edits this input. */
export function fieldKind(input: InputSpec, value: Json): FieldKind {
  if (typeof value === "object" && value !== null && numberIn(value) === null) return "object";
  if (input.choices) return "choice";
  if (input.type === "INT" || input.type === "FLOAT") return input.control_after_generate ? "seed" : "number";
  if (input.type === "BOOLEAN") return "toggle";
  return input.multiline ? "text" : "line";
}

/** A name as it is read: "latent_image" is "latent image", "LATENT" is "latent". */
export function spoken(name: string): string {
  const words = name.replace(/_/g, " ").trim();
  return words === words.toUpperCase() ? words.toLowerCase() : words;
}

/** What an input is called on its field. */
export function labelOf(input: InputSpec): string {
  return input.label ?? spoken(input.name);
}

/** What the node is called on screen. */
export function titleOf(node: NodeJSON, spec: SpecJSON | undefined): string {
  return legible(node.title ?? "", spec?.display_name || node.type);
}

/** The type that leaves this output, "*" when it is not known. A reroute gives what feeds it. */
export function outputType(specs: Specs, doc: Doc, id: string, slot: number): string {
  const source = sourceBehind(doc, id, slot);
  return (source && specs.get(source.node.type)?.outputs[source.slot]?.type) || "*";
}

/** Whether the node has a place for pictures from the start, and of which kind. */
export function pictureKind(spec: SpecJSON): "result" | "preview" | null {
  const takes = (type: string) => spec.inputs.some((input) => !input.widget && input.type === type);
  if (spec.output_node && takes("IMAGE")) return "result";
  if (spec.inputs.some((input) => input.image_upload)) return "result";
  const steps = spec.inputs.some((input) => input.name === "steps" || input.type === "SIGMAS");
  return steps && takes("LATENT") && spec.outputs.some((output) => output.type === "LATENT") ? "preview" : null;
}
