/** Links: joined from the keyboard, cut, led round, with a node put in. */

import { rerouting } from "../../core/reroute";
import { titleOf } from "../../core/specs";
import { parseLink } from "../actions";
import { endsOf } from "../link_places";
import { partnersOf, socketsEntries } from "../linking_menu";
import { type Command, chosen, type Scope } from "./command";

/** The link under the pointer, else the only selected one. */
function theLink(scope: Scope) {
  const [only] = scope.bench.view.selectedLinks;
  if (scope.link) return scope.link;
  if (only === undefined || scope.bench.view.selectedLinks.size > 1) return null;
  return parseLink(only);
}

/** Where a new reroute's dot goes: the pointer, else the middle of the link. */
function dotPlace(scope: Scope): { x: number; y: number } | null {
  const link = theLink(scope);
  const { flow } = scope.bench.actions;
  if (!link || !flow) return null;
  if (scope.at) return flow.screenToFlowPosition(scope.at);
  const ends = endsOf(flow, link);
  return ends && { x: (ends.from.x + ends.to.x) / 2, y: (ends.from.y + ends.to.y) / 2 };
}

export const LINKING: readonly Command[] = [
  {
    id: "link",
    name: "Link",
    group: "Links",
    icon: "link",
    keys: ["Shift+L"],
    places: ["node"],
    possible: (scope) => chosen(scope).length === 1,
    entries: (scope) => chosen(scope).flatMap((node) => socketsEntries(scope.bench, node)),
  },
  {
    id: "link-field",
    name: "Link from",
    group: "Links",
    icon: "link",
    pointed: true,
    places: ["field"],
    entries: ({ bench, field }) => {
      const node = field && bench.session.doc.nodes.get(field.node);
      return node ? partnersOf(bench, node, `in:${field.input}`) : [];
    },
  },
  {
    id: "reroute",
    name: "Reroute",
    group: "Links",
    icon: "dot",
    keys: ["R"],
    places: ["link"],
    possible: (scope) => theLink(scope) !== null,
    run: (scope) => {
      const link = theLink(scope);
      const place = dotPlace(scope);
      if (!link || !place) return;
      const { session, view } = scope.bench;
      const { id, ops } = rerouting(session.doc, link, place.x, place.y);
      session.edit(ops);
      view.select([id]);
    },
  },
  {
    id: "insert",
    name: "Put a node in",
    group: "Links",
    icon: "add",
    places: ["link"],
    possible: (scope) => theLink(scope) !== null,
    run: (scope) => {
      const link = theLink(scope);
      if (link) scope.bench.actions.openPalette(scope.at ?? undefined, null, link);
    },
  },
  {
    id: "go-source",
    name: "Go to where it comes from",
    nameFor: (scope) => `Go to ${nodeName(scope, theLink(scope)?.source)}`,
    group: "Links",
    icon: "left",
    pointed: true,
    places: ["link"],
    run: (scope) => goTo(scope, theLink(scope)?.source),
  },
  {
    id: "go-target",
    name: "Go to where it goes",
    nameFor: (scope) => `Go to ${nodeName(scope, theLink(scope)?.target)}`,
    group: "Links",
    icon: "right",
    pointed: true,
    places: ["link"],
    run: (scope) => goTo(scope, theLink(scope)?.target),
  },
  {
    id: "cut-link",
    name: "Cut the link",
    group: "Links",
    icon: "scissors",
    keys: ["Delete"],
    pointed: true,
    places: ["link"],
    run: (scope) => {
      const link = theLink(scope);
      if (link) scope.bench.actions.unplug(link.target, link.input);
    },
  },
];

function nodeName({ bench: { session } }: Scope, id: string | undefined): string {
  const node = session.doc.nodes.get(id ?? "");
  return node ? titleOf(node, session.specs.get(node.type)) : "its node";
}

function goTo({ bench: { actions } }: Scope, id: string | undefined): void {
  if (id === undefined) return;
  actions.goTo(id);
  actions.focusNode(id);
}
