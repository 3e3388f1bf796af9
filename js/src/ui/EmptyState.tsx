/** Nothing there yet: a way to begin and the keys for it; while the kernel has not answered, that. */
import { starts } from "../core/starts";
import { useSession, useWorkbench } from "./context";
import { Glyph } from "./Glyph";
import { Icon } from "./Icon";
import { keyNames } from "./Toolbar";

export function EmptyState() {
  const { session, actions } = useWorkbench();
  const empty = useSession("doc", (s) => s.doc.nodes.size === 0);
  const line = useSession("line", (s) => s.line);
  const specs = useSession("specs", (s) => s.specs);
  if (!empty) return null;
  if (line !== "live" && !session.known) return <Waiting silent={line === "silent"} />;
  const ready = starts(specs);
  return (
    <div className="vnb-empty">
      <h2 className="vnb-empty-title">{ready.length > 0 ? "Choose a start" : "Nothing here yet"}</h2>
      <p className="vnb-empty-text">
        {ready.length > 0 ? "Each one is a small graph that runs as it is." : "Add the first node."}
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
            <span className="vnb-start-picture" aria-hidden="true">
              {start.sketch.map((type, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a drawing
                <span key={i} className="vnb-start-step">
                  <Glyph type={type} />
                </span>
              ))}
            </span>
            <b>{start.name}</b>
            <span>{start.says}</span>
          </button>
        ))}
        <button type="button" className="vnb-start" data-vnb-start="node" onClick={() => actions.openPalette()}>
          <span className="vnb-start-picture vnb-start-open" aria-hidden="true">
            <Icon name="add" />
          </span>
          <b>A single node</b>
          <span>Search all {specs.size} of them</span>
        </button>
      </div>
      <p className="vnb-empty-keys">
        <span>
          <kbd>Double click</kbd> add a node
        </span>
        <span>
          <kbd>{keyNames("Shift A")}</kbd> search
        </span>
        <span>
          <kbd>{keyNames("Ctrl Enter")}</kbd> run
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
