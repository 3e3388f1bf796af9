/** The panel's picture, as large as there is room for, and beside it what it is and what can be done with it. */
import { type CSSProperties, useEffect, useState } from "react";
import { shownSpec } from "../../core/specs";
import type { Picture } from "../../sync/media";
import { useSession, useView, useWorkbench } from "../context";
import { aspectOf } from "../geometry";
import { Icon } from "../Icon";
import { ErrorCard } from "../NodeBelow";
import { PreviewCanvas } from "../PreviewCanvas";
import { failedNode, runSummary } from "../progress";
import { Beside } from "./Beside";
import { type Shown, shownPicture } from "./shown";

const TOPICS = ["media", "history", "run", "doc", "specs"];

export function Show({ past, onLeave }: { past: string | null; onLeave(): void }) {
  const { session } = useWorkbench();
  useHeard(TOPICS);
  useSession("states", runSummary);
  const shown = shownPicture(session, past);
  const [at, setAt] = useState(0);
  const pictures = shown.kind === "past" || shown.kind === "result" ? shown.pictures : [];
  const index = Math.min(at, Math.max(0, pictures.length - 1));
  const picture = pictures[index];
  const [natural, setNatural] = useState(1);
  const expected = useExpectedAspect();
  const aspect = shown.kind === "past" && !picture ? natural : aspectFor(shown, picture, expected);
  return (
    <div className="vnb-show-area">
      <div className="vnb-show-inner" style={{ "--aspect": aspect } as CSSProperties}>
        <div className="vnb-show-picture" data-empty={shown.kind === "nothing" || undefined} data-vnb-shown={shown.kind}>
          <Pixels shown={shown} picture={picture} onAspect={setNatural} />
          {pictures.length > 1 && (
            <span className="vnb-show-turner">
              <Turn icon="left" name="Picture before" onClick={() => setAt((index + pictures.length - 1) % pictures.length)} />
              {index + 1} of {pictures.length}
              <Turn icon="right" name="Next picture" onClick={() => setAt((index + 1) % pictures.length)} />
            </span>
          )}
        </div>
        <Beside shown={shown} picture={picture} index={index} onLeave={past === null ? undefined : onLeave} />
      </div>
    </div>
  );
}

/** Draws again when one of these topics is heard. */
function useHeard(topics: readonly string[]): void {
  const { session } = useWorkbench();
  const [, count] = useState(0);
  useEffect(() => {
    const again = () => count((n) => n + 1);
    const ends = topics.map((topic) => session.topics.on(topic, again));
    again();
    return () => {
      for (const end of ends) end();
    };
  }, [session, topics]);
}

function useExpectedAspect(): number {
  return useSession("doc", ({ specs, doc }) => {
    for (const node of doc.nodes.values()) if (specs.get(node.type)?.output_node) return aspectOf(specs, doc, node.id);
    return 1;
  });
}

function aspectFor(shown: Shown, picture: Picture | undefined, expected: number): number {
  if (picture) return picture.width / Math.max(1, picture.height);
  return shown.kind === "guess" ? shown.aspect : expected;
}

interface PixelsProps {
  shown: Shown;
  picture: Picture | undefined;
  /** Told of a small picture, whose run this view did not see. */
  onAspect(aspect: number): void;
}

function Pixels({ shown, picture, onAspect }: PixelsProps) {
  if (picture) {
    return (
      <img
        src={picture.url}
        width={picture.width}
        height={picture.height}
        alt={picture.filename ?? "result"}
        draggable={false}
        data-vnb-panel-image=""
      />
    );
  }
  if (shown.kind === "guess") return <PreviewCanvas key={shown.node} id={shown.node} label="guess at the picture" />;
  const thumbnail = shown.kind === "past" ? shown.past.thumbnails[0] : undefined;
  if (thumbnail) {
    return (
      <img
        src={thumbnail}
        alt="Earlier result, small"
        draggable={false}
        data-vnb-panel-image=""
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => onAspect(naturalWidth / Math.max(1, naturalHeight))}
      />
    );
  }
  return <span className="vnb-no-picture">{shown.kind === "past" ? "no picture came of it" : "no picture yet: press Run"}</span>;
}

function Turn({ icon, name, onClick }: { icon: "left" | "right"; name: string; onClick(): void }) {
  return (
    <button type="button" className="vnb-mini" aria-label={name} title={name} onClick={onClick}>
      <Icon name={icon} size={12} />
    </button>
  );
}

/** The card of the node that failed: the same as below it in the graph. */
export function Failure() {
  const { session } = useWorkbench();
  const id = useSession("states", failedNode);
  const error = useSession("states", (s) => (id === null ? undefined : s.state(id)?.error));
  const closed = useView("closedCards", (view) => id !== null && view.closedCards.has(id));
  const node = useSession("doc", (s) => (id === null ? undefined : s.doc.nodes.get(id)));
  if (!node || !error || closed) return null;
  const problem = session.problems.find((candidate) => candidate.node === node.id);
  return (
    <div className="vnb-show-failure">
      <ErrorCard node={node} error={error} problem={problem} spec={shownSpec(session.specs, session.doc, node)} inGraph={false} />
    </div>
  );
}
