/** Beside the panel's picture: what became of the run, with which settings, and what can be done with the picture. */
import { changedSince } from "../../core/changes";
import { linkOf } from "../../core/document";
import { duration, grouped, randomSeed } from "../../core/numbers";
import type { Op } from "../../core/ops";
import { queuedWords, timeLeft, whenWords } from "../../core/pace";
import { panelOf } from "../../core/panel";
import { titleOf } from "../../core/specs";
import { progressText } from "../../core/status";
import type { Picture } from "../../sync/media";
import type { Session } from "../../sync/session";
import { copyName } from "../clipboard";
import { useSession, useWorkbench } from "../context";
import { copyPicture, savePicture } from "../files/picture";
import { PastActions } from "../history/PastActions";
import { Icon, type IconName } from "../Icon";
import { runningNode, runSummary } from "../progress";
import { type Shown, settings } from "./shown";

interface Props {
  shown: Shown;
  picture: Picture | undefined;
  index: number;
  /** The way back from an earlier run that was picked. */
  onLeave?(): void;
}

export function Beside({ shown, picture, index, onLeave }: Props) {
  const busy = useSession("run", (s) => s.busy);
  if (shown.kind === "past") {
    const { past } = shown;
    return (
      <div className="vnb-beside">
        <b>{past.state === "done" ? `Done in ${duration(past.seconds)}` : past.state === "failed" ? "Failed" : "Stopped"}</b>
        <span>{whenWords(past.when)}</span>
        {[...new Set(past.settings)].slice(0, 4).map((line) => (
          <span key={line} className="vnb-beside-setting" title={line}>
            {line}
          </span>
        ))}
        <PastActions past={past} />
        {picture && <SaveAndCopy picture={picture} run={past.run} />}
        {onLeave && <Button icon="left" name="Newest" action="newest" onClick={onLeave} />}
      </div>
    );
  }
  if (busy) return <Working />;
  if (shown.kind !== "result") return <div className="vnb-beside" />;
  return <Result run={shown.run} picture={picture} index={index} />;
}

function Working() {
  const { session } = useWorkbench();
  const run = useSession("run", (s) => s.run);
  useSession("states", runSummary);
  const id = runningNode(session);
  const node = id === null ? undefined : session.doc.nodes.get(id);
  const state = id === null ? undefined : session.state(id);
  return (
    <div className="vnb-beside">
      <b className="vnb-clip">{node ? titleOf(node, session.specs.get(node.type)) : "Starting"}</b>
      {state && <span>{progressText(state)}</span>}
      {run?.remaining !== undefined && <span>{timeLeft(run.remaining)}</span>}
      {run?.queued ? <span>{queuedWords(run.queued)}</span> : null}
    </div>
  );
}

function Result({ run, picture, index }: { run: string; picture: Picture | undefined; index: number }) {
  const bench = useWorkbench();
  const { session } = bench;
  const now = useSession("run", (s) => s.run);
  const doc = useSession("doc", (s) => s.doc);
  const ran = session.ranWith(run);
  const old = ran !== undefined && changedSince(ran, doc).size > 0;
  const seconds = now?.id === run && now.state === "done" ? now.seconds : undefined;
  const heading = old || seconds === undefined ? "Last run" : `Done in ${duration(seconds)}`;
  return (
    <div className="vnb-beside">
      <b>{heading}</b>
      {settings(session, run).map(({ name, value }) => (
        <span key={`${name} ${value}`}>{name === "seed" ? `seed ${grouped(value)}` : `${value} ${name}`}</span>
      ))}
      {picture && (
        <>
          <SaveAndCopy picture={picture} run={run} />
          {hasSeed(session) && (
            <Button
              icon="dice"
              name="Variation"
              action="variation"
              title="Run again with a new seed"
              onClick={() => vary(session)}
            />
          )}
          <Button
            icon="code"
            name="Python"
            action="copy-python"
            title="Copy what a cell calls this picture"
            onClick={() => void copyName(bench, `wb.result.images[${index}]`)}
          />
        </>
      )}
    </div>
  );
}

function SaveAndCopy({ picture, run }: { picture: Picture; run: string }) {
  const { session } = useWorkbench();
  return (
    <>
      <Button
        icon="save"
        name="Save"
        action="save-picture"
        title="Download the picture, with its workflow inside"
        onClick={() => void savePicture(session, picture, run)}
      />
      <Button
        icon="copy"
        name="Copy"
        action="copy-picture"
        title="Copy the picture, to paste it elsewhere"
        onClick={() => void copyPicture(session, picture)}
      />
    </>
  );
}

function Button({
  icon,
  name,
  action,
  title,
  onClick,
}: {
  icon: IconName;
  name: string;
  action: string;
  title?: string;
  onClick(): void;
}) {
  return (
    <button type="button" className="vnb-button" data-vnb-action={action} title={title} onClick={onClick}>
      <Icon name={icon} /> {name}
    </button>
  );
}

function seeds({ specs, doc }: Session) {
  const { main, more } = panelOf(specs, { ...doc, panel: null });
  return [...main, ...more].filter(({ node, input }) => input.control_after_generate && !linkOf(node, input.name));
}

function hasSeed(session: Session): boolean {
  return seeds(session).length > 0;
}

/** The same again with new seeds. */
function vary(session: Session): void {
  session.edit(
    seeds(session).map(({ node, input }): Op => ({ op: "set", id: node.id, input: input.name, value: randomSeed(input) })),
  );
  session.start();
}
