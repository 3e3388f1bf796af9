/** All runs that are over, newest first: picture, when, how long, what changed since the one before, and what can be done with each. */
import { useEffect } from "react";
import { changedSince } from "../../core/changes";
import type { Doc } from "../../core/document";
import { duration } from "../../core/numbers";
import { whenWords } from "../../core/pace";
import type { PastRun } from "../../sync/run_history";
import { useSession, useWorkbench } from "../context";
import { DrawerFrame } from "../DrawerFrame";
import { PastActions } from "./PastActions";

export function HistoryDrawer() {
  const { session } = useWorkbench();
  const items = useSession("history", (s) => s.history.items);
  const more = useSession("history", (s) => s.history.more);
  useEffect(() => session.history.begin(), [session]);
  return (
    <DrawerFrame name="History" kind="history">
      <ul className="vnb-drawer-body vnb-history">
        {items.map((past) => (
          <Entry key={past.run} past={past} />
        ))}
        {items.length === 0 && <li className="vnb-drawer-empty">No run is over yet. Each one will be here with its picture.</li>}
        {more && (
          <li>
            <button type="button" className="vnb-button" data-vnb-action="older" onClick={() => session.history.older()}>
              Show older runs
            </button>
          </li>
        )}
      </ul>
    </DrawerFrame>
  );
}

function Entry({ past }: { past: PastRun }) {
  const current = useSession("doc", (s) => past.currentAt !== undefined && sameWorkflow(past.currentAt, s.doc));
  const [thumbnail] = past.thumbnails;
  return (
    <li className="vnb-past" data-vnb-past={past.run} data-state={past.state}>
      <div className="vnb-past-picture" data-empty={thumbnail === undefined || undefined}>
        {thumbnail ? <img src={thumbnail} alt="" /> : <span>{past.state === "done" ? "no picture" : stateWords(past)}</span>}
      </div>
      <div className="vnb-past-said">
        <div className="vnb-past-head">
          <b>{whenWords(past.when)}</b>
          <span data-state={past.state}>{stateWords(past)}</span>
        </div>
        {past.settings && past.settings.length > 0 && (
          <span className="vnb-clip" title={past.settings.join("\n")}>
            {past.settings.join(" · ")}
          </span>
        )}
        {past.changed.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          <span key={i} className="vnb-clip" title={line}>
            {line}
          </span>
        ))}
        {past.changed.length === 0 && <span className="vnb-quiet">nothing changed before it</span>}
        {current ? (
          <span className="vnb-quiet">the present workflow</span>
        ) : (
          <div className="vnb-past-buttons">
            <PastActions past={past} />
          </div>
        )}
      </div>
    </li>
  );
}

function sameWorkflow(then: Doc, now: Doc): boolean {
  return then.nodes.size === now.nodes.size && changedSince(then, now).size === 0;
}

function stateWords({ state, seconds }: PastRun): string {
  return state === "done" ? duration(seconds) : state === "failed" ? "failed" : "stopped";
}
