/** Finding nodes of the graph by what someone types: title, class, id, what their fields hold, what is wrong with them. */
import type { ProblemJSON } from "../sync/messages";
import type { Doc, NodeJSON } from "./document";
import { shown } from "./numbers";
import { type Specs, spoken, titleOf } from "./specs";
import { numberIn } from "./whole";

export interface Found {
  id: string;
  title: string;
  /** What matched, where that is not the title: "text: a red fox". */
  said: string;
}

/** Longest piece of a field's text that is shown. */
const LONGEST = 80;

/** The nodes that have every word of `query`, titles before fields; all of them in document order when it is empty. */
export function findNodes(doc: Doc, specs: Specs, problems: readonly ProblemJSON[], query: string): Found[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found: (Found & { rank: number })[] = [];
  for (const node of doc.nodes.values()) {
    const title = titleOf(node, specs.get(node.type));
    const name = `${title} ${specs.get(node.type)?.display_name ?? ""} ${node.type} #${node.id} ${node.id}`.toLowerCase();
    const faults = problems.flatMap((problem) => (problem.node === node.id ? [problem.message] : []));
    const lines = [...fieldLines(node), ...(node.mode && node.mode !== "on" ? [node.mode] : []), ...faults];
    const left = words.filter((word) => !name.includes(word));
    const line = lines.find((each) => left.some((word) => each.toLowerCase().includes(word))) ?? "";
    if (!left.every((word) => lines.some((each) => each.toLowerCase().includes(word)))) continue;
    const start = words.length > 0 && title.toLowerCase().startsWith(words[0] as string) ? 0 : 1;
    found.push({ id: node.id, title, said: around(line, left[0] ?? ""), rank: left.length > 0 ? 2 : start });
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ id, title, said }) => ({ id, title, said }));
}

function fieldLines(node: NodeJSON): string[] {
  return Object.entries(node.values).flatMap(([name, value]) => {
    const number = numberIn(value);
    if (number !== null) return [`${spoken(name)}: ${shown(number)}`];
    return typeof value === "string" || typeof value === "boolean" ? [`${spoken(name)}: ${value}`] : [];
  });
}

/** The part of a line around a word. */
function around(line: string, word: string): string {
  if (line.length <= LONGEST) return line;
  const at = Math.max(0, line.toLowerCase().indexOf(word) - 24);
  const end = at + LONGEST;
  return `${at > 0 ? "…" : ""}${line.slice(at, end)}${end < line.length ? "…" : ""}`;
}
