/** Which sockets fit together, and the reason when they do not. */
import { consumersOf, type Doc, linkOf, type Plug, upstreamOf } from "./document";
import { isReroute, REROUTE_INPUT } from "./reroute";
import { type InputSpec, outputType, type SpecJSON, type Specs } from "./specs";

export type { Plug } from "./document";

/** The single types of a union such as "INT,FLOAT". */
export function members(type: string): string[] {
  return type.split(",").map((part) => part.trim());
}

/** Whether a value of type `from` may go into an input of type `to`. "*" fits everything; a union fits by any member. */
export function fits(from: string, to: string): boolean {
  if (from === "*" || to === "*" || from === to) return true;
  const wanted = new Set(members(to));
  return members(from).some((type) => wanted.has(type));
}

export function typeName(type: string): string {
  return type === "*" ? "anything" : members(type).join(" or ");
}

/** Why this link can't be made, in one line; null if it can. */
export function refusal(specs: Specs, doc: Doc, plug: Plug): string | null {
  if (plug.source === plug.target) return "A node can't feed itself.";
  const from = doc.nodes.get(plug.source);
  const to = doc.nodes.get(plug.target);
  if (!from || !to) return "That node is gone.";
  const input = specs.get(to.type)?.inputs.find((candidate) => candidate.name === plug.input);
  const output = specs.get(from.type)?.outputs[plug.slot];
  if (!input || !output)
    return specs.get(to.type) && specs.get(from.type) ? "That socket is gone." : "The node's class is missing.";
  const given = outputType(specs, doc, plug.source, plug.slot);
  for (const wanted of wantedTypes(specs, doc, plug.target, plug.input)) {
    if (!fits(given, wanted)) return `needs ${typeName(wanted)}, this is ${typeName(given)}`;
    const other = wantedElsewhere(specs, doc, plug).find((type) => !fits(type, wanted));
    if (other) return `needs ${typeName(wanted)}, this leads to ${typeName(other)}`;
  }
  if (upstreamOf(doc, plug.source).has(plug.target)) return "would make a loop";
  return null;
}

/** The types that an input asks for: its own; of a reroute, those of all that it leads to, none if it leads nowhere. */
export function wantedTypes(specs: Specs, doc: Doc, id: string, input: string): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = [{ node: id, input }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const node = doc.nodes.get(next.node);
    if (!node) continue;
    if (!isReroute(node)) found.add(specs.get(node.type)?.inputs.find(({ name }) => name === next?.input)?.type ?? "*");
    else if (!seen.has(node.id)) waiting.push(...(consumersOf(doc).get(node.id) ?? []));
    seen.add(node.id);
  }
  return [...found];
}

/** The type by which an input is drawn: of a reroute, what comes in, else what it leads to. */
export function inputType(specs: Specs, doc: Doc, id: string, input: string): string {
  const node = doc.nodes.get(id);
  const given = node && isReroute(node) ? outputType(specs, doc, id, 0) : "*";
  return given !== "*" ? given : (wantedTypes(specs, doc, id, input)[0] ?? "*");
}

/** What the reroutes before an open plug lead to already: nothing feeds them yet, so all that they lead to must fit together. */
function wantedElsewhere(specs: Specs, doc: Doc, plug: Plug): string[] {
  let at = doc.nodes.get(plug.source);
  if (!at || !isReroute(at)) return [];
  const seen = new Set<string>();
  while (!seen.has(at.id)) {
    seen.add(at.id);
    const link = linkOf(at, REROUTE_INPUT);
    const before = link && doc.nodes.get(link[0]);
    if (!before) return wantedTypes(specs, doc, at.id, REROUTE_INPUT);
    if (!isReroute(before)) return [];
    at = before;
  }
  return [];
}

export interface Opening {
  /** The socket that waits to be plugged in: type, and which side of the new node it needs. */
  type: string;
  wants: "input" | "output";
}

/** The first input of `spec` that takes `type`; sockets before fields, required before optional. */
export function fittingInput(spec: SpecJSON, type: string): InputSpec | undefined {
  const able = spec.inputs.filter((input) => fits(type, input.type));
  const rank = (input: InputSpec) => (input.widget ? 4 : 0) + (input.required ? 0 : 2) + (input.type === "*" ? 1 : 0);
  return able.sort((a, b) => rank(a) - rank(b))[0];
}

/** The first output of `spec` that gives `type`, -1 if none does. */
export function fittingOutput(spec: SpecJSON, type: string): number {
  const exact = spec.outputs.findIndex((output) => output.type === type);
  return exact >= 0 ? exact : spec.outputs.findIndex((output) => fits(output.type, type));
}

/** Whether a new node of this spec could be plugged into the opening. */
export function fillsOpening(spec: SpecJSON, opening: Opening): boolean {
  return opening.wants === "input" ? fittingInput(spec, opening.type) !== undefined : fittingOutput(spec, opening.type) >= 0;
}

/** How naturally a new node of this spec follows the opening: its main socket, of just this type, with little else to plug in. */
export function naturalness(spec: SpecJSON, opening: Opening): number {
  if (opening.wants === "output") {
    const slot = fittingOutput(spec, opening.type);
    return (spec.outputs[slot]?.type === opening.type ? 2 : 0) - slot * 0.5;
  }
  const input = fittingInput(spec, opening.type);
  const sockets = spec.inputs.filter((candidate) => !candidate.widget);
  const others = sockets.filter((candidate) => candidate.required && candidate !== input).length;
  return (input?.type === opening.type ? 2 : 0) + (sockets[0] === input ? 1 : 0) + (spec.output_node ? 0.6 : 0) - others * 0.5;
}
