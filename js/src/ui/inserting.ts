/** A node that is dragged onto a link goes into it when it is dropped. */
import type { Plug } from "../core/compatibility";
import { consumersOf } from "../core/document";
import type { Op } from "../core/ops";
import { insertion } from "../core/rewiring";
import { linkKey } from "./actions";
import type { Workbench } from "./context";
import { sizeReader } from "./geometry";
import { linkThrough } from "./link_places";

/** The link under the one node that is being dragged, if the node fits into it. */
export function linkUnder({ session, view, actions }: Workbench): Plug | null {
  const [one] = view.dragged;
  if (!one || view.dragged.size !== 1 || !actions.flow) return null;
  const [id, [x, y]] = one;
  if ((consumersOf(session.doc).get(id) ?? []).length > 0) return null; // What gives to others already stays out of links.
  const { width, height } = sizeReader(session, view)(id);
  const fitsIn = (plug: Plug) => insertion(session.specs, session.doc, plug, id) !== null;
  return linkThrough(actions.flow, session, [x, y, width, height], fitsIn);
}

/** Marks that link, so that one sees where the node would go. */
export function showLinkUnder(bench: Workbench): void {
  const plug = linkUnder(bench);
  bench.view.update("dropLink", plug && linkKey(plug.target, plug.input, plug.source, plug.slot));
}

/** The edits that put the node into the marked link; none if there is none. */
export function insertionOps({ session, view }: Workbench, id: string): Op[] {
  const key = view.dropLink;
  if (key === null) return [];
  const [target, input, source, slot] = JSON.parse(key) as [string, string, string, number];
  return insertion(session.specs, session.doc, { target, input, source, slot }, id) ?? [];
}
