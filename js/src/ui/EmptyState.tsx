/** Nothing there yet: four ways to begin and the keys for more; while the kernel has not answered, that. */
import { starts } from "../core/starts";
import { spelled } from "./commands/combos";
import { useSession, useWorkbench } from "./context";
import { open } from "./files/more_menu";
import { Icon } from "./Icon";
import { StartArt } from "./StartArt";

export function EmptyState() {
  const bench = useWorkbench();
  const { session, actions } = bench;
  const empty = useSession("doc", (s) => s.doc.nodes.size === 0);
  const line = useSession("line", (s) => s.line);
  const specs = useSession("specs", (s) => s.specs);
  if (!empty) return null;
  if (line !== "live" && !session.known) return <Waiting silent={line !== "waiting"} />;
  const ready = starts(specs);
  return (
    <div className="vnb-empty">
      <h2 className="vnb-empty-title">Choose a start</h2>
      <p className="vnb-empty-text">
        {ready.length > 0 ? "Each one is a small graph that runs as it is." : "Open one, or add a node."}
      </p>
      <div className="vnb-starts">
        {ready.map((start) => (
          <button
            type="button"
            key={start.name}
            className="vnb-start"
            data-vnb-start={start.name}
            onClick={() => {
              session.edit(start.ops());
              requestAnimationFrame(() => requestAnimationFrame(() => actions.fitAll()));
            }}
          >
            <span className="vnb-start-picture">
              <StartArt art={start.art} />
            </span>
            <b>{start.name}</b>
            <span>{start.says}</span>
          </button>
        ))}
        <button type="button" className="vnb-start" data-vnb-start="open" onClick={() => void open(bench)}>
          <span className="vnb-start-picture vnb-start-open" aria-hidden="true">
            <Icon name="open" />
          </span>
          <b>Open a workflow</b>
          <span>ComfyUI’s files open too</span>
        </button>
      </div>
      <p className="vnb-empty-keys">
        <span>
          <kbd>Double click</kbd> add a node
        </span>
        <span>
          <kbd>{spelled("Ctrl+V")}</kbd> paste a picture or a workflow
        </span>
        <span>
          <kbd>?</kbd> all keys
        </span>
      </p>
    </div>
  );
}

function Waiting({ silent }: { silent: boolean }) {
  return (
    <div className="vnb-empty">
      {silent && <h2 className="vnb-empty-title">Run the cell to wake it</h2>}
      <p className="vnb-empty-text">
        {silent ? "The kernel has not answered. It may be busy with another cell, or restarted." : "Waiting for the kernel"}
      </p>
    </div>
  );
}
