/** What keeps a workflow from running: a fault of a node that some result needs. One in a branch that leads nowhere yet is no hindrance. */
import type { ProblemJSON } from "../sync/messages";
import { type Doc, upstreamOf } from "./document";
import { resultNodes } from "./panel";
import type { Specs } from "./specs";
import { isHarmless } from "./status";

export function hindrance(specs: Specs, doc: Doc, problems: readonly ProblemJSON[]): ProblemJSON | undefined {
  const faults = problems.filter((problem) => !isHarmless(problem));
  if (faults.length === 0) return undefined;
  const needed = new Set(resultNodes(specs, doc).flatMap((id) => [...upstreamOf(doc, id)]));
  return faults.find(({ node }) => node === null || needed.size === 0 || needed.has(node));
}
