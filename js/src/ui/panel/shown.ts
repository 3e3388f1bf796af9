/** Which picture the panel shows: an earlier run's that was picked, the guess of the run under way, the newest result, or the last kept. */
import { panelOf, resultNodes } from "../../core/panel";
import { shownValue } from "../../core/specs";
import { numberIn, type Whole } from "../../core/whole";
import type { Picture } from "../../sync/media";
import type { PastRun } from "../../sync/run_history";
import type { Session } from "../../sync/session";

export type Shown =
  | { kind: "past"; past: PastRun; pictures: readonly Picture[] }
  | { kind: "guess"; node: string; aspect: number }
  | { kind: "result"; run: string; pictures: readonly Picture[] }
  | { kind: "nothing" };

export function shownPicture(session: Session, pastRun: string | null): Shown {
  const past = pastRun === null ? undefined : session.history.items.find(({ run }) => run === pastRun);
  if (past) return { kind: "past", past, pictures: session.media.ofRun(past.run) };
  const { doc, specs, media, run } = session;
  const finished = resultNodes(specs, doc).flatMap((id) => media.images(id) ?? []);
  const fresh = finished.filter((each) => each.run === run?.id);
  if (session.busy && fresh.length === 0) {
    const guess = guessing(session);
    if (guess) return guess;
  }
  const results = fresh.length > 0 ? fresh : finished;
  const [first] = results;
  if (first) return { kind: "result", run: first.run, pictures: results.flatMap(({ pictures }) => pictures) };
  return guessing(session) ?? lastKept(session) ?? { kind: "nothing" };
}

/** Another kernel made it, so that only the history has it. */
function lastKept({ busy, history }: Session): Shown | null {
  const past = busy ? undefined : history.items.find(({ thumbnails }) => thumbnails.length > 0);
  return past ? { kind: "past", past, pictures: [] } : null;
}

/** The node that showed its guess last in this run. */
function guessing({ doc, media, run }: Session): Shown | null {
  let found: Shown | null = null;
  for (const id of doc.nodes.keys()) {
    const preview = media.preview(id);
    if (!preview || (run && preview.run !== run.id)) continue;
    const next: Shown = { kind: "guess", node: id, aspect: preview.width / Math.max(1, preview.height) };
    if (!found || media.last(id) === "preview") found = next;
  }
  return found;
}

/** Settings of a run in a few words, for beside its picture: "seed 182 736", "20 steps". */
export function settings(session: Session, run: string): { name: string; value: Whole }[] {
  const doc = session.ranWith(run);
  if (!doc) return [];
  const { main } = panelOf(session.specs, { ...doc, panel: null });
  const said = main.flatMap(({ node, input }) => {
    const value = numberIn(shownValue(input, node));
    if (value === null) return [];
    if (input.control_after_generate) return [{ name: "seed", value }];
    return input.name === "steps" ? [{ name: "steps", value }] : [];
  });
  const once = new Map(said.map((each) => [`${each.name} ${each.value}`, each])); // two samplers may have the same seed
  return [...once.values()].sort((a, b) => a.name.localeCompare(b.name));
}
