/** A node's status, put together from its state, its problems, its pictures and what changed since. */
import { useMemo } from "react";
import { changedSince } from "../core/changes";
import type { NodeJSON } from "../core/document";
import type { ShownSpec } from "../core/specs";
import { isHarmless, type Status, statusOf } from "../core/status";
import type { ProblemJSON } from "../sync/messages";
import { useSession } from "./context";

export function useNodeStatus(node: NodeJSON, spec: ShownSpec, problems: readonly ProblemJSON[]): Status {
  const id = node.id;
  const state = useSession(`state:${id}`, (session) => session.state(id));
  const run = useSession("run", (session) => (session.run?.state === "queued" ? session.run : null));
  const stale = useSession("doc", (session) => {
    const ran = session.state(id)?.ran;
    return ran !== undefined && changedSince(ran, session.doc).has(id);
  });
  const hasPicture = useSession(`media:${id}`, ({ media }) => Boolean(media.images(id)?.run || media.preview(id)));
  return useMemo(() => {
    const problem = problems.find((candidate) => !isHarmless(candidate));
    return statusOf({ mode: node.mode ?? "on", spec, state, run, problem, stale, hasPicture });
  }, [node.mode, spec, state, run, problems, stale, hasPicture]);
}
