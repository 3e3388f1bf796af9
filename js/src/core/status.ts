/** What a node says of itself at the right of its header: at most one thing, in this order of weight. */
import type { NodeMode, NodeStateJSON, ProblemJSON, RunJSON } from "../sync/messages";
import { duration, ordinal } from "./numbers";
import { type ShownSpec, spoken } from "./specs";

export type Tone = "quiet" | "accent" | "error" | "warn";
export type StatusIcon = "clock" | "bolt" | "warning" | "muted" | "bypassed" | null;

/** The states of the look; `data-vnb-state` of a node. */
export type ShownState =
  | "idle"
  | "queued"
  | "running"
  | "cached"
  | "done"
  | "error"
  | "waiting"
  | "stopped"
  | "stale"
  | "problem"
  | "muted"
  | "bypassed"
  | "missing";

export interface Status {
  state: ShownState;
  text: string;
  icon: StatusIcon;
  tone: Tone;
}

export interface StatusFacts {
  mode: NodeMode;
  spec: ShownSpec;
  state: NodeStateJSON | undefined;
  run: RunJSON | null;
  problem: ProblemJSON | undefined;
  stale: boolean;
  hasPicture: boolean;
}

const IDLE: Status = { state: "idle", text: "", icon: null, tone: "quiet" };

export function statusOf(facts: StatusFacts): Status {
  const { mode, spec, state, run, problem, stale, hasPicture } = facts;
  if (mode === "muted") return { state: "muted", text: "muted", icon: "muted", tone: "quiet" };
  if (mode === "bypassed") return { state: "bypassed", text: "bypassed", icon: "bypassed", tone: "quiet" };
  if (spec.missing) return { state: "missing", text: "missing", icon: null, tone: "warn" };
  if (state?.state === "running") return { state: "running", text: progressText(state), icon: null, tone: "accent" };
  if (state?.state === "error") return { state: "error", text: "stopped", icon: "warning", tone: "error" };
  if (problem) return { state: "problem", text: problemWords(problem, spec), icon: null, tone: "error" };
  const old: Status = hasPicture ? { state: "stale", text: "last run", icon: null, tone: "quiet" } : IDLE;
  switch (state?.state) {
    case "queued":
      if (run?.state === "queued") return { state: "queued", text: placeInLine(run.position ?? 0), icon: "clock", tone: "quiet" };
      return hasPicture ? { ...old, state: "queued" } : { ...IDLE, state: "queued" };
    case "waiting":
      return { state: "waiting", text: "waiting", icon: null, tone: "quiet" };
    case "stopped":
      return { state: "stopped", text: "stopped", icon: null, tone: "quiet" };
    case "cached":
      return stale ? old : { state: "cached", text: "cached", icon: "bolt", tone: "quiet" };
    case "done":
      return stale ? old : { state: "done", text: duration(state.seconds ?? 0), icon: null, tone: "quiet" };
    default:
      return hasPicture ? old : IDLE;
  }
}

/** "12 / 20" where the length is known. */
export function progressText(state: NodeStateJSON): string {
  return state.max ? `${state.value ?? 0} / ${state.max}` : "running";
}

export function placeInLine(position: number): string {
  return position <= 0 ? "next in line" : `${ordinal(position + 1)} in line`;
}

/** A problem in two or three words: "no latent", "steps too small". */
export function problemWords(problem: ProblemJSON, spec: ShownSpec): string {
  const input = problem.input ? spoken(problem.input) : "";
  switch (problem.kind) {
    case "required_input_missing":
      return `no ${input}`;
    case "value_smaller_than_min":
      return `${input} too small`;
    case "value_bigger_than_max":
      return `${input} too large`;
    case "value_not_in_list":
      return spec.inputs.some((i) => i.name === problem.input && (i.choices?.length ?? 0) === 0)
        ? `no ${input}`
        : `${input} not found`;
    case "return_type_mismatch":
      return `wrong ${input}`;
    case "dependency_cycle":
      return "a loop";
    default:
      return input ? `check ${input}` : "check this";
  }
}

/** Kinds of problem that are said on a node but do not keep it from running. */
export function isHarmless(problem: ProblemJSON): boolean {
  return problem.kind === "unknown_input" || problem.kind === "prompt_no_outputs";
}

/** What the toolbar says of the run, beside the button. */
export function runText(
  run: RunJSON | null,
  running: string | null,
  failed: string | null,
): { lead: string; text: string; tone: Tone } | null {
  if (!run) return null;
  switch (run.state) {
    case "queued":
      return { lead: "", text: placeInLine(run.position ?? 0), tone: "quiet" };
    case "running":
      return { lead: running ?? "", text: running ? "" : "starting", tone: "quiet" };
    case "done":
      return { lead: "", text: `Done in ${duration(run.seconds ?? 0)}`, tone: "quiet" };
    case "cancelled":
      return { lead: "", text: "Stopped", tone: "quiet" };
    case "failed":
      return { lead: "", text: failed ? `Stopped at ${failed}` : run.message || "It can't run yet", tone: "error" };
  }
}
