/** Sizes and places of nodes in one view: as measured on the page, else as the stylesheet will have them. */
import { type Doc, linkOf, literalOf, type NodeJSON } from "../core/document";
import type { Rect } from "../core/frames";
import { type Places, placeMissing, type Size } from "../core/placement";
import { rowsOf } from "../core/rows";
import { boxOf, type HandlePlace } from "../core/size";
import { type ShownSpec, type Specs, shownSpec } from "../core/specs";
import type { Session } from "../sync/session";
import type { View } from "./view";

const NONE: ReadonlySet<string> = new Set();

export interface Box extends Size {
  handles: HandlePlace[];
}

/** The box of a node that is not on the page yet. */
export function estimatedBox(specs: Specs, doc: Doc, node: NodeJSON, unfolded: boolean): Box {
  const spec: ShownSpec = shownSpec(specs, doc, node);
  return boxOf(spec, node, rowsOf(spec, node, unfolded, NONE), aspectOf(specs, doc, node.id));
}

export function sizeReader(session: Session, view: View): (id: string) => Size {
  const guessed = new Map<string, Size>();
  return (id) => {
    const known = view.measured.get(id) ?? guessed.get(id);
    if (known) return known;
    const node = session.doc.nodes.get(id);
    const size = node ? estimatedBox(session.specs, session.doc, node, view.unfolded.has(id)) : { width: 0, height: 0 };
    guessed.set(id, size);
    return size;
  };
}

/** Where each node stands: its own place, or the one this view found for it. Remembers what it found. */
export function placesOf(session: Session, view: View): (id: string) => [number, number] {
  const kept: Places = {};
  for (const [id, place] of Object.entries(view.places)) if (session.doc.nodes.has(id)) kept[id] = place;
  view.places = placeMissing(session.doc, kept, sizeReader(session, view));
  return (id) => view.dragged.get(id) ?? session.doc.nodes.get(id)?.position ?? view.places[id] ?? [0, 0];
}

/** The box of each node as it stands in this view. */
export function boxesOf(session: Session, view: View): (id: string) => Rect {
  const at = placesOf(session, view);
  const size = sizeReader(session, view);
  return (id) => [...at(id), size(id).width, size(id).height];
}

/** Width by height of the picture that will come out here: that of the nearest width and height upstream, else 1. */
export function aspectOf(specs: Specs, doc: Doc, id: string): number {
  let waiting = [id];
  const seen = new Set<string>();
  for (let depth = 0; depth < 12 && waiting.length > 0; depth++) {
    const next: string[] = [];
    for (const at of waiting) {
      if (seen.has(at)) continue;
      seen.add(at);
      const node = doc.nodes.get(at);
      if (!node) continue;
      const width = literalOf(node, "width");
      const height = literalOf(node, "height");
      if (typeof width === "number" && typeof height === "number" && width > 0 && height > 0) return clampAspect(width / height);
      for (const input of specs.get(node.type)?.inputs ?? []) {
        const link = input.type === "LATENT" || input.type === "IMAGE" ? linkOf(node, input.name) : undefined;
        if (link) next.push(link[0]);
      }
    }
    waiting = next;
  }
  return 1;
}

function clampAspect(aspect: number): number {
  return Math.min(2.2, Math.max(0.6, aspect));
}
