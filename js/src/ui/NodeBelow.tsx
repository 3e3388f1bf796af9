/** What hangs below a node and takes no room in it: notes of its run, the card of its error, the card of its problem. */
import { useId, useState } from "react";
import type { NodeJSON } from "../core/document";
import { errorMendings } from "../core/error_mending";
import { mendings, problemTitle } from "../core/mending";
import type { ShownSpec } from "../core/specs";
import { isHarmless, type Status } from "../core/status";
import type { ErrorJSON, NoteJSON, ProblemJSON } from "../sync/messages";
import { useSession, useView, useWorkbench } from "./context";
import { Icon } from "./Icon";

interface Props {
  node: NodeJSON;
  spec: ShownSpec;
  problems: readonly ProblemJSON[];
  status: Status;
}

export function NodeBelow({ node, spec, problems, status }: Props) {
  const state = useSession(`state:${node.id}`, (session) => session.state(node.id));
  const closed = useView("closedCards", (view) => view.closedCards.has(node.id));
  const open = useView("openCards", (view) => view.openCards.has(node.id));
  const notes = state?.notes ?? [];
  const stray = problems.filter(isHarmless);
  const error = status.state === "error" ? state?.error : undefined;
  const problem = problems.find((candidate) => !isHarmless(candidate));
  return (
    <div className="vnb-below nodrag nopan">
      {(notes.length > 0 || stray.length > 0) && <Notes notes={notes} problems={stray} />}
      {error && !closed && <ErrorCard node={node} error={error} problem={problem} spec={spec} />}
      {!error && problem && open && <ProblemCard node={node} spec={spec} problem={problem} />}
    </div>
  );
}

function Notes({ notes, problems }: { notes: readonly NoteJSON[]; problems: readonly ProblemJSON[] }) {
  return (
    <ul className="vnb-notes">
      {problems.map((problem) => (
        <li key={`${problem.kind}.${problem.input}`} className="vnb-note" data-level="warning">
          {problem.message}
        </li>
      ))}
      {notes.map((note, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: notes have no identity but their place
        <li key={i} className="vnb-note" data-level={note.level}>
          {note.text}
        </li>
      ))}
    </ul>
  );
}

interface ErrorCardProps {
  node: NodeJSON;
  error: ErrorJSON;
  problem?: ProblemJSON;
  spec: ShownSpec;
  /** Whether it hangs below its node; elsewhere it says where that is. */
  inGraph?: boolean;
}

export function ErrorCard({ node, error, problem, spec, inGraph = true }: ErrorCardProps) {
  const { view, actions } = useWorkbench();
  const [unfolded, setUnfolded] = useState(false);
  const title = useId();
  const trace = error.traceback.join("\n");
  return (
    <div className="vnb-card" role="group" aria-labelledby={title} data-vnb-error={node.id}>
      <CardTitle id={title} text={error.title} onClose={useClose(node.id, "closedCards", true)} />
      <p className="vnb-card-text">{error.message}</p>
      <div className="vnb-card-buttons">
        <MendError node={node} error={error} spec={spec} />
        {problem && <Mend node={node} spec={spec} problem={problem} />}
        {!inGraph && (
          <button
            type="button"
            className="vnb-link-button"
            onClick={() => {
              view.update("mode", "graph");
              requestAnimationFrame(() => requestAnimationFrame(() => actions.goTo(node.id)));
            }}
          >
            Show in the graph
          </button>
        )}
        <span className="vnb-spring" />
        {trace && (
          <button type="button" className="vnb-link-button" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
            Traceback
          </button>
        )}
      </div>
      {unfolded && <pre className="vnb-trace nowheel">{trace}</pre>}
    </div>
  );
}

function ProblemCard({ node, spec, problem }: { node: NodeJSON; spec: ShownSpec; problem: ProblemJSON }) {
  const title = useId();
  return (
    <div className="vnb-card" role="group" aria-labelledby={title} data-vnb-problem={node.id}>
      <CardTitle id={title} text={problemTitle(problem)} onClose={useClose(node.id, "openCards", false)} />
      <p className="vnb-card-text">{problem.message}</p>
      <div className="vnb-card-buttons">
        <Mend node={node} spec={spec} problem={problem} />
      </div>
    </div>
  );
}

function CardTitle({ id, text, onClose }: { id: string; text: string; onClose(): void }) {
  return (
    <div className="vnb-card-head">
      <h4 className="vnb-card-title" id={id}>
        {text}
      </h4>
      <button type="button" className="vnb-mini" aria-label="Close" title="Close (Esc)" onClick={onClose}>
        <Icon name="close" size={12} />
      </button>
    </div>
  );
}

function useClose(id: string, key: "closedCards" | "openCards", on: boolean): () => void {
  const { view } = useWorkbench();
  return () => view.toggle(key, id, on);
}

/** The buttons that mend what stopped the node, where it is known how; a mended workflow runs at once. */
function MendError({ node, error, spec }: { node: NodeJSON; error: ErrorJSON; spec: ShownSpec }) {
  const { session } = useWorkbench();
  const doc = useSession("doc", (s) => s.doc);
  return errorMendings(session.specs, doc, node, spec, error).map(({ label, ops }, i) => (
    <button
      type="button"
      key={label}
      className={i === 0 ? "vnb-button vnb-primary" : "vnb-button"}
      data-vnb-mend=""
      onClick={() => {
        session.edit(ops);
        session.start();
      }}
    >
      {label}
    </button>
  ));
}

/** The buttons that put a problem right, where it is known how. */
function Mend({ node, spec, problem }: { node: NodeJSON; spec: ShownSpec; problem: ProblemJSON }) {
  const { session, view, actions } = useWorkbench();
  const input = spec.inputs.find((candidate) => candidate.name === problem.input);
  if (problem.kind === "required_input_missing" && input && !input.widget) {
    const from = { node: node.id, handle: `in:${input.name}`, side: "target" as const, type: input.type, unplugged: null };
    return (
      <button
        type="button"
        className="vnb-button vnb-primary"
        onClick={(event) => {
          const box = event.currentTarget.closest(".vnb-node")?.getBoundingClientRect();
          view.toggle("openCards", node.id, false);
          actions.openPalette(box ? { x: box.left - 60, y: box.top + 60 } : undefined, {
            type: input.type,
            wants: "output",
            from,
          });
        }}
      >
        Add what gives {input.type === "*" ? "it" : input.type}
      </button>
    );
  }
  return mendings(problem, node, spec).map(({ label, ops }, i) => (
    <button
      type="button"
      key={label}
      className={i === 0 ? "vnb-button vnb-primary" : "vnb-button"}
      onClick={() => {
        session.edit(ops);
        view.toggle("openCards", node.id, false);
      }}
    >
      {label}
    </button>
  ));
}
