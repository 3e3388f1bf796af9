/** What keeps the workflow from running, said above the Run button, with what mends it. */

import { hindrance } from "../../core/hindrance";
import { mendings } from "../../core/mending";
import { shownSpec } from "../../core/specs";
import { useSession, useWorkbench } from "../context";

export function Trouble() {
  const { session, view, actions } = useWorkbench();
  const problems = useSession("problems", (s) => s.problems);
  const doc = useSession("doc", (s) => s.doc);
  const problem = hindrance(session.specs, doc, problems);
  const node = problem?.node ? doc.nodes.get(problem.node) : undefined;
  if (!problem) return null;
  const ways = node ? mendings(problem, node, shownSpec(session.specs, doc, node)) : [];
  const show = () => {
    if (!node) return;
    view.update("mode", "graph");
    view.toggle("openCards", node.id, true);
    requestAnimationFrame(() => requestAnimationFrame(() => actions.goTo(node.id)));
  };
  return (
    <div className="vnb-trouble" role="group" aria-label="What is in the way" data-vnb-trouble="">
      <p>{problem.message}</p>
      <div className="vnb-card-buttons">
        {ways.slice(0, 1).map(({ label, ops }) => (
          <button type="button" key={label} className="vnb-button" onClick={() => session.edit(ops)}>
            <span className="vnb-clip">{label}</span>
          </button>
        ))}
        {node && (
          <button type="button" className="vnb-link-button" onClick={show}>
            Show in the graph
          </button>
        )}
      </div>
    </div>
  );
}
