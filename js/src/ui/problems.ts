/** The problems of one node. */
import { useMemo } from "react";
import type { ProblemJSON } from "../sync/messages";
import { useSession } from "./context";

const NONE: readonly ProblemJSON[] = [];

/** The same array while they stay the same. */
export function useProblems(id: string): readonly ProblemJSON[] {
  const all = useSession("problems", (session) => session.problems);
  return useMemo(() => {
    const own = all.filter((problem) => problem.node === id);
    return own.length > 0 ? own : NONE;
  }, [all, id]);
}
