/** The panel's left column: its inputs, what is changed less often, what is in the way, Run. */
import { useState } from "react";
import { panelOf } from "../../core/panel";
import { useSession } from "../context";
import { Icon } from "../Icon";
import { Arrange } from "./Arrange";
import { EntryField } from "./EntryField";
import { PanelRun } from "./PanelRun";
import { Trouble } from "./Trouble";

/** What was folded until now is what the person wants to see. */
function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView?.({ block: "nearest" });
}

export function Controls() {
  const doc = useSession("doc", (session) => session.doc);
  const specs = useSession("specs", (session) => session.specs);
  const { main, more } = panelOf(specs, doc);
  const [open, setOpen] = useState(false);
  const [arranging, setArranging] = useState(false);
  const words = more.slice(0, 3).map(({ label }) => label);
  return (
    <section className="vnb-controls" aria-label="Inputs">
      <div className="vnb-controls-list">
        {arranging ? (
          <Arrange onDone={() => setArranging(false)} />
        ) : (
          <>
            {main.map((entry) => (
              <EntryField key={`${entry.node.id}.${entry.input.name}`} entry={entry} />
            ))}
            {main.length === 0 && <p className="vnb-controls-empty">No input is on the panel. Put some here with Arrange.</p>}
            {open && (
              <div ref={intoView} className="vnb-more-list">
                {more.map((entry) => (
                  <EntryField key={`${entry.node.id}.${entry.input.name}`} entry={entry} />
                ))}
              </div>
            )}
            <div className="vnb-controls-links">
              {more.length > 0 && (
                <button
                  type="button"
                  className="vnb-link-button vnb-more-inputs"
                  data-vnb-action="more-inputs"
                  aria-expanded={open}
                  onClick={() => setOpen(!open)}
                >
                  <Icon name={open ? "up" : "right"} size={12} />
                  <span className="vnb-clip">{open ? "Less" : `More: ${words.join(", ")}`}</span>
                </button>
              )}
              <span className="vnb-spring" />
              <button
                type="button"
                className="vnb-link-button vnb-quiet-link"
                data-vnb-action="arrange"
                title="Choose what is on the panel, its names and order"
                onClick={() => setArranging(true)}
              >
                Arrange
              </button>
            </div>
          </>
        )}
      </div>
      <div className="vnb-controls-foot">
        <Trouble />
        <PanelRun />
      </div>
    </section>
  );
}
