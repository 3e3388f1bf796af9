/** What would mend a problem, where that can be known: the edit, and the words on its button. */
import type { ProblemJSON } from "../sync/messages";
import { literalOf, type NodeJSON } from "./document";
import { shown } from "./numbers";
import type { Op } from "./ops";
import { closest } from "./search";
import { type ShownSpec, spoken } from "./specs";

export interface Mending {
  label: string;
  ops: Op[];
}

/** Edits that would put this problem right, best first; none if a person must decide. */
export function mendings(problem: ProblemJSON, node: NodeJSON, spec: ShownSpec): Mending[] {
  const input = spec.inputs.find((candidate) => candidate.name === problem.input);
  if (!input) return [];
  const set = (label: string, value: string | number): Mending => ({
    label,
    ops: [{ op: "set", id: node.id, input: input.name, value }],
  });
  switch (problem.kind) {
    case "value_smaller_than_min":
      return input.min == null ? [] : [set(`Use ${shown(input.min)}`, input.min)];
    case "value_bigger_than_max":
      return input.max == null ? [] : [set(`Use ${shown(input.max)}`, input.max)];
    case "value_not_in_list": {
      const choices = (input.choices ?? []).filter((choice) => typeof choice === "string");
      const near = closest(String(literalOf(node, input.name) ?? ""), choices) ?? choices[0];
      return near === undefined ? [] : [set(`Use ${near}`, near)];
    }
    case "unknown_input":
    case "return_type_mismatch":
    case "bad_linked_input":
      return [{ label: `Unplug ${spoken(input.name)}`, ops: [{ op: "unlink", id: node.id, input: input.name }] }];
    default:
      return [];
  }
}

/** A title of a few words for a problem's card. */
export function problemTitle(problem: ProblemJSON): string {
  const input = spoken(problem.input ?? "an input");
  switch (problem.kind) {
    case "required_input_missing":
      return `Nothing is plugged into ${input}`;
    case "value_smaller_than_min":
    case "value_bigger_than_max":
      return `${capital(input)} is out of range`;
    case "value_not_in_list":
      return `${capital(input)} is not in the list`;
    case "return_type_mismatch":
      return `${capital(input)} gets the wrong type`;
    case "dependency_cycle":
      return "The links go in a circle";
    case "unknown_input":
      return `${capital(input)} is no input any more`;
    case "invalid_prompt":
      return "This node class is missing";
    default:
      return `Something is wrong with ${input}`;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
