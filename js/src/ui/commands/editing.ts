/** Adding, copying, deleting. */

import { pythonOfNode } from "../../core/python_name";
import { copyName, copyPython, copySelection, cutSelection, duplicateSelection, pasteFromClipboard } from "../clipboard";
import { type Command, chosen, type Scope, some } from "./command";

/** Nodes or frames are selected. */
function something(scope: Scope): boolean {
  return some(scope) || scope.bench.view.selectedFrames.size > 0;
}

export const EDITING: readonly Command[] = [
  {
    id: "add",
    name: "Add a node",
    group: "Nodes",
    icon: "add",
    keys: ["Shift+A", "/"],
    places: ["canvas"],
    possible: ({ bench: { session } }) => session.specs.size > 0,
    run: ({ bench, at }) => (at ? bench.actions.openPalette(at) : bench.actions.openPaletteAtPointer()),
  },
  {
    id: "cut",
    name: "Cut",
    group: "Edit",
    icon: "scissors",
    keys: ["Ctrl+X"],
    native: true,
    places: ["node", "frame"],
    possible: something,
    run: ({ bench }) => void cutSelection(bench),
  },
  {
    id: "copy",
    name: "Copy",
    group: "Edit",
    icon: "copy",
    keys: ["Ctrl+C"],
    native: true,
    places: ["node", "frame"],
    possible: something,
    run: ({ bench }) => void copySelection(bench),
  },
  {
    id: "paste",
    name: "Paste",
    group: "Edit",
    icon: "paste",
    keys: ["Ctrl+V"],
    native: true,
    places: ["canvas"],
    run: ({ bench }) => void pasteFromClipboard(bench),
  },
  {
    id: "duplicate",
    name: "Duplicate",
    group: "Edit",
    icon: "duplicate",
    keys: ["Ctrl+D"],
    places: ["node", "frame"],
    possible: something,
    run: ({ bench }) => duplicateSelection(bench),
  },
  {
    id: "copy-python",
    name: "Copy as Python",
    group: "Edit",
    icon: "code",
    keys: ["Ctrl+Shift+C"],
    places: ["node", "canvas"],
    possible: ({ bench: { session } }) => session.doc.nodes.size > 0,
    run: (scope) => {
      const ids = chosen(scope).map(({ id }) => id);
      void copyPython(scope.bench, ids.length > 0 ? ids : undefined);
    },
  },
  {
    id: "copy-node-name",
    name: "Copy its name in Python",
    group: "Edit",
    icon: "code",
    places: ["node"],
    possible: (scope) => chosen(scope).length === 1,
    run: (scope) => {
      const [node] = chosen(scope);
      if (node) void copyName(scope.bench, pythonOfNode(scope.bench.session.doc, node));
    },
  },
  {
    id: "select-all",
    name: "Select all",
    group: "Edit",
    keys: ["Ctrl+A"],
    places: ["canvas"],
    possible: ({ bench: { session } }) => session.doc.nodes.size > 0,
    run: ({ bench }) => bench.actions.selectAll(),
  },
  {
    id: "delete",
    name: "Delete",
    group: "Edit",
    icon: "bin",
    keys: ["Delete"],
    places: ["node"],
    possible: (scope) => something(scope) || scope.bench.view.selectedLinks.size > 0,
    run: ({ bench }) => bench.actions.removeSelected(),
  },
  {
    id: "heal",
    name: "Delete and join its links",
    group: "Edit",
    icon: "heal",
    keys: ["Ctrl+Delete"],
    places: ["node"],
    possible: some,
    run: ({ bench }) => bench.actions.healSelected(),
  },
];
