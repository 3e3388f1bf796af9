/** What can be done with an earlier run: its values into the graph as it is now, or its whole graph. */
import type { PastRun } from "../../sync/run_history";
import { useWorkbench } from "../context";

export function PastActions({ past }: { past: PastRun }) {
  const { session } = useWorkbench();
  return (
    <>
      <button
        type="button"
        className="vnb-button"
        data-vnb-action="use-values"
        title="Its values into the present workflow; Undo takes them back"
        onClick={() => session.recall(past.run, "values")}
      >
        Use these values
      </button>
      <button
        type="button"
        className="vnb-button"
        data-vnb-action="open-run"
        title="Its whole workflow in place of the present one; Undo brings that back"
        onClick={() => session.recall(past.run, "workflow")}
      >
        Open as workflow
      </button>
    </>
  );
}
