/** How nodes and frames stand and look: names, colours, folding, lines, frames. */

import { type Alignment, aligned } from "../../core/alignment";
import { COLOURS } from "../../core/colours";
import { boxAround, frameOf, framesOf, freshFrameId, nodesInside } from "../../core/frames";
import { type Op, removal } from "../../core/ops";
import { boxesOf } from "../geometry";
import type { IconName } from "../Icon";
import type { MenuEntry } from "../menu_entries";
import { type Command, chosen, type Scope, some } from "./command";

const LINES: readonly [how: Alignment, name: string, icon: IconName][] = [
  ["left", "Left edges", "align-left"],
  ["centre", "Centres", "align-centre"],
  ["right", "Right edges", "align-right"],
  ["top", "Top edges", "align-top"],
  ["middle", "Middles", "align-middle"],
  ["bottom", "Bottom edges", "align-bottom"],
  ["across", "Even gaps across", "spread-across"],
  ["down", "Even gaps down", "spread-down"],
];

function lineEntries(scope: Scope): MenuEntry[] {
  const { session, view, actions } = scope.bench;
  const ids = chosen(scope).map(({ id }) => id);
  return LINES.filter(([how]) => ids.length > 2 || (how !== "across" && how !== "down")).map(([how, name, icon]) => ({
    kind: "do",
    id: how,
    name,
    icon,
    run: () => actions.move(new Map(Object.entries(aligned(ids, boxesOf(session, view), how)))),
  }));
}

function colourEntries(now: string | null | undefined, choose: (colour: string | null) => void): MenuEntry[] {
  const plain: MenuEntry = { kind: "do", id: "none", name: "none", swatch: "", checked: !now, run: () => choose(null) };
  return [
    ...COLOURS.map(
      ([name, colour]): MenuEntry => ({
        kind: "do",
        id: name,
        name,
        swatch: colour,
        checked: now === colour,
        run: () => choose(colour),
      }),
    ),
    plain,
  ];
}

/** The frame that a command is about: the one under the pointer, else the only one that is selected. */
function theFrame({ bench: { view }, frame }: Scope): string | null {
  const [only] = view.selectedFrames;
  return frame ?? (view.selectedFrames.size === 1 ? (only ?? null) : null);
}

/** The nodes inside the frame that a command is about. */
function inTheFrame(scope: Scope): string[] {
  const { session, view } = scope.bench;
  const frame = frameOf(session.doc, theFrame(scope) ?? "");
  return frame ? nodesInside(session.doc, frame.box, boxesOf(session, view)) : [];
}

export const SHAPING: readonly Command[] = [
  {
    id: "rename",
    name: "Rename",
    group: "Nodes",
    icon: "pencil",
    keys: ["F2"],
    places: ["node", "frame"],
    possible: (scope) => chosen(scope).length === 1 || theFrame(scope) !== null,
    run: (scope) => {
      const frame = theFrame(scope);
      const [node] = chosen(scope);
      scope.bench.view.update("renaming", frame === null ? `node:${node?.id}` : `frame:${frame}`);
    },
  },
  {
    id: "fold",
    name: "Fold",
    nameFor: (scope) => (chosen(scope).every(({ folded }) => folded) ? "Unfold" : "Fold"),
    group: "Nodes",
    icon: "fold",
    keys: ["C"],
    places: ["node"],
    possible: some,
    run: (scope) => {
      const nodes = chosen(scope);
      const folded = !nodes.every((node) => node.folded);
      scope.bench.session.edit(nodes.map(({ id }): Op => ({ op: "fold", id, folded })));
    },
  },
  {
    id: "colour",
    name: "Colour",
    group: "Nodes",
    icon: "drop",
    places: ["node"],
    possible: some,
    entries: (scope) => {
      const nodes = chosen(scope);
      const choose = (colour: string | null) =>
        scope.bench.session.edit(nodes.map(({ id }): Op => ({ op: "colour", id, colour })));
      return colourEntries(nodes[0]?.colour, choose);
    },
  },
  {
    id: "align",
    name: "Align",
    group: "Nodes",
    icon: "align-left",
    places: ["node"],
    possible: (scope) => chosen(scope).length > 1,
    entries: lineEntries,
  },
  {
    id: "tidy",
    name: "Tidy",
    group: "Nodes",
    icon: "tidy",
    keys: ["L"],
    places: ["canvas"],
    possible: ({ bench: { session } }) => session.doc.nodes.size > 0,
    run: ({ bench }) => bench.actions.tidy(),
  },
  {
    id: "frame",
    name: "Put a frame around",
    group: "Frames",
    icon: "frame",
    keys: ["Ctrl+G"],
    places: ["node"],
    possible: some,
    run: (scope) => {
      const { session, view } = scope.bench;
      const box = boxesOf(session, view);
      const id = freshFrameId(session.doc);
      session.edit([{ op: "frame", id, frame: { title: "Frame", box: boxAround(chosen(scope).map((node) => box(node.id))) } }]);
      if (!framesOf(session.doc).some(([own]) => own === id)) return;
      view.select([], [], [id]);
      view.update("renaming", `frame:${id}`);
    },
  },
  {
    id: "frame-colour",
    name: "Colour",
    group: "Frames",
    icon: "drop",
    pointed: true,
    places: ["frame"],
    entries: (scope) => {
      const id = theFrame(scope);
      const frame = frameOf(scope.bench.session.doc, id ?? "");
      if (id === null || !frame) return [];
      return colourEntries(frame.colour, (colour) =>
        scope.bench.session.edit([{ op: "frame", id, frame: { ...frame, colour } }]),
      );
    },
  },
  {
    id: "frame-select",
    name: "Select what is in it",
    group: "Frames",
    places: ["frame"],
    pointed: true,
    possible: (scope) => inTheFrame(scope).length > 0,
    run: (scope) => scope.bench.view.select(inTheFrame(scope)),
  },
  {
    id: "frame-fit",
    name: "Fit it to what is in it",
    group: "Frames",
    icon: "fit",
    places: ["frame"],
    pointed: true,
    possible: (scope) => inTheFrame(scope).length > 0,
    run: (scope) => {
      const { session, view } = scope.bench;
      const id = theFrame(scope);
      const frame = frameOf(session.doc, id ?? "");
      const box = boxesOf(session, view);
      if (id !== null && frame)
        session.edit([{ op: "frame", id, frame: { ...frame, box: boxAround(inTheFrame(scope).map((node) => box(node))) } }]);
    },
  },
  {
    id: "frame-remove",
    name: "Take the frame away",
    group: "Frames",
    keys: ["Delete"],
    icon: "close",
    places: ["frame"],
    pointed: true,
    run: (scope) => {
      const id = theFrame(scope);
      if (id !== null) scope.bench.session.edit([{ op: "frame", id, frame: null }]);
      scope.bench.view.select([]);
    },
  },
  {
    id: "frame-delete",
    name: "Delete it with its nodes",
    group: "Frames",
    icon: "bin",
    places: ["frame"],
    pointed: true,
    possible: (scope) => inTheFrame(scope).length > 0,
    run: (scope) => {
      const id = theFrame(scope);
      if (id !== null) scope.bench.session.edit([...removal(inTheFrame(scope)), { op: "frame", id, frame: null }]);
      scope.bench.view.select([]);
    },
  },
];
