/** The place of a node's picture: live previews on a canvas, then the finished pictures. Its height is kept from the first layout. */
import { useState } from "react";
import type { NodeJSON } from "../core/document";
import { duration } from "../core/numbers";
import { pictureHeight, widthOf } from "../core/size";
import { shownSpec } from "../core/specs";
import type { Finished, PreviewInfo } from "../sync/media";
import { useSession, useView, useWorkbench } from "./context";
import { aspectOf } from "./geometry";
import { Icon } from "./Icon";
import { PreviewCanvas } from "./PreviewCanvas";

export function PictureBox({ node, kind }: { node: NodeJSON; kind: "result" | "preview" | null }) {
  const finished = useSession(`media:${node.id}`, (session) => session.media.images(node.id));
  const preview = useSession(`media:${node.id}`, (session) => session.media.preview(node.id));
  // While a new run paints, its previews take the place of the last run's pictures.
  const painting = useSession(`state:${node.id}`, (session) => session.state(node.id)?.state === "running");
  const last = useSession(`media:${node.id}`, (session) => session.media.last(node.id));
  const shown = painting && last === "preview" ? undefined : finished;
  const reserved = kind ?? (finished || preview ? "result" : null);
  return reserved ? <Reserved node={node} kind={reserved} finished={shown} preview={preview} /> : null;
}

interface Props {
  node: NodeJSON;
  kind: "result" | "preview";
  finished?: Finished;
  preview?: PreviewInfo;
}

function Reserved({ node, kind, finished, preview }: Props) {
  const { session, view } = useWorkbench();
  const aspect = useSession("doc", (s) => aspectOf(s.specs, s.doc, node.id));
  const resized = useView("resized", (view) => (view.resized?.id === node.id ? view.resized.width : null));
  const width = resized ?? widthOf(shownSpec(session.specs, session.doc, node), node);
  const [at, setAt] = useState(view.pictureAt.get(node.id) ?? 0);
  const choose = (next: number) => {
    view.pictureAt.set(node.id, next);
    setAt(next);
  };
  const pictures = finished?.pictures ?? [];
  const picture = pictures[Math.min(at, pictures.length - 1)];
  return (
    <figure className="vnb-figure">
      <div
        className="vnb-picture"
        style={{ height: pictureHeight(width, kind, aspect) }}
        data-kind={kind}
        data-empty={(!picture && !preview) || undefined}
      >
        {picture ? (
          <img
            src={picture.url}
            width={picture.width}
            height={picture.height}
            alt={picture.filename ?? "result"}
            draggable={false}
            data-vnb-image={node.id}
            data-small={picture.width <= 192 || undefined}
          />
        ) : preview ? (
          <PreviewCanvas id={node.id} label="preview" className="vnb-preview" />
        ) : (
          <span className="vnb-no-picture">no picture yet</span>
        )}
      </div>
      <Caption id={node.id} finished={finished} preview={preview} at={Math.min(at, pictures.length - 1)} choose={choose} />
    </figure>
  );
}

interface CaptionProps {
  id: string;
  finished?: Finished;
  preview?: PreviewInfo;
  at: number;
  choose(at: number): void;
}

function Caption({ id, finished, preview, at, choose }: CaptionProps) {
  const state = useSession(`state:${id}`, (session) => session.state(id));
  const count = finished?.pictures.length ?? 0;
  const picture = finished?.pictures[at];
  if (picture) {
    return (
      <figcaption className="vnb-caption">
        {count > 1 ? (
          <Turner at={at} count={count} choose={choose} />
        ) : (
          <span className="vnb-clip">{picture.filename ?? ""}</span>
        )}
        <span>
          {picture.width} × {picture.height}
        </span>
      </figcaption>
    );
  }
  if (!preview) return <figcaption className="vnb-caption" />;
  const running = state?.state === "running";
  const step =
    preview.step === undefined
      ? ""
      : running
        ? `guess at step ${preview.step}`
        : `step ${preview.step}${preview.total ? ` of ${preview.total}` : ""}`;
  return (
    <figcaption className="vnb-caption">
      <span className="vnb-clip">{step}</span>
      <span>{running && state.since !== undefined ? pace(state.since, state.value, state.max) : ""}</span>
    </figcaption>
  );
}

/** Time so far and, from the second step on, time left at this pace. */
function pace(since: number, value: number | undefined, max: number | undefined): string {
  const spent = (Date.now() - since) / 1000;
  const left = value && max && value > 1 ? (spent / value) * (max - value) : null;
  return left === null || left < 0.05 ? duration(spent) : `${duration(spent)}, ${duration(left)} left`;
}

function Turner({ at, count, choose }: { at: number; count: number; choose(at: number): void }) {
  return (
    <span className="vnb-turner nodrag nopan">
      <button type="button" className="vnb-mini" aria-label="Picture before" onClick={() => choose((at + count - 1) % count)}>
        <Icon name="left" size={12} />
      </button>
      <span>
        {at + 1} of {count}
      </span>
      <button type="button" className="vnb-mini" aria-label="Next picture" onClick={() => choose((at + 1) % count)}>
        <Icon name="right" size={12} />
      </button>
    </span>
  );
}
