/** The panel's one large button: Run and how long it should take, or Stop and how far it is. */
import { about, queuedWords, timeLeft, usualSeconds } from "../../core/pace";
import { progressText } from "../../core/status";
import { spelled } from "../commands/combos";
import { useSession, useWorkbench } from "../context";
import { Icon } from "../Icon";
import { runningNode, useProgress } from "../progress";

export function PanelRun() {
  const { session, actions } = useWorkbench();
  const run = useSession("run", (s) => s.run);
  const live = useSession("line", (s) => s.line === "live");
  const usual = useSession("history", (s) => usualSeconds(s.history.items));
  const share = useProgress();
  if (session.busy) {
    const id = runningNode(session);
    const state = id === null ? undefined : session.state(id);
    const how = run?.remaining !== undefined ? timeLeft(run.remaining) : state?.max ? progressText(state) : "";
    const words = [how, queuedWords(run?.queued)].filter(Boolean).join(", ");
    return (
      <button
        type="button"
        className="vnb-button vnb-panel-run"
        data-vnb-action="stop"
        title={`Stop (${spelled("Ctrl+.")})`}
        onClick={actions.stop}
      >
        <span className="vnb-panel-run-done" style={{ width: `${share * 100}%` }} />
        <Icon name="stop" />
        <span>Stop</span>
        {words && <span className="vnb-panel-run-said">{words}</span>}
      </button>
    );
  }
  return (
    <button
      type="button"
      className="vnb-button vnb-primary vnb-panel-run"
      data-vnb-action="run"
      aria-disabled={!live}
      title={`Run (${spelled("Ctrl+Enter")})`}
      onClick={live ? actions.run : undefined}
    >
      <Icon name="run" />
      <span>Run</span>
      {usual !== null && <span className="vnb-panel-run-said">{about(usual)}</span>}
    </button>
  );
}
