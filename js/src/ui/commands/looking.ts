/** What is in view, and what lies over it. */
import { type Command, chosen } from "./command";

export const LOOKING: readonly Command[] = [
  {
    id: "find",
    name: "Find in the graph",
    group: "Look",
    icon: "search",
    keys: ["Ctrl+F"],
    whileTyping: true,
    places: ["canvas"],
    possible: ({ bench: { session } }) => session.doc.nodes.size > 0,
    run: ({ bench }) => bench.view.update("sheet", { kind: "find" }),
  },
  {
    id: "fit-all",
    name: "All in view",
    group: "Look",
    icon: "fit",
    keys: ["Shift+F"],
    places: ["canvas"],
    possible: ({ bench: { session } }) => session.doc.nodes.size > 0,
    run: ({ bench }) => bench.actions.fitAll(),
  },
  {
    id: "fit-selection",
    name: "Selection in view",
    group: "Look",
    keys: ["F"],
    possible: ({ bench: { session } }) => session.doc.nodes.size > 0,
    run: ({ bench }) => bench.actions.fitSelection(),
  },
  {
    id: "zoom-100",
    name: "Back to 100 %",
    group: "Look",
    keys: ["1"],
    run: ({ bench }) => bench.actions.zoom("100"),
  },
  { id: "zoom-in", name: "Larger", group: "Look", icon: "add", keys: ["+", "="], run: ({ bench }) => bench.actions.zoom("in") },
  { id: "zoom-out", name: "Smaller", group: "Look", icon: "minus", keys: ["-"], run: ({ bench }) => bench.actions.zoom("out") },
  {
    id: "panel",
    name: "Panel or graph",
    anywhere: true,
    nameFor: ({ bench: { view } }) => (view.mode === "panel" ? "Graph" : "Panel"),
    group: "Look",
    icon: "control",
    keys: ["P"],
    places: ["canvas"],
    run: ({ bench: { view } }) => view.update("mode", view.mode === "panel" ? "graph" : "panel"),
  },
  {
    id: "history",
    name: "History of runs",
    anywhere: true,
    group: "Look",
    icon: "clock",
    run: ({ bench: { view } }) => view.update("drawer", view.drawer === "history" ? null : "history"),
  },
  {
    id: "log",
    name: "Log: what nodes print",
    anywhere: true,
    group: "Look",
    icon: "text",
    run: ({ bench: { view } }) => view.update("drawer", view.drawer === "log" ? null : "log"),
  },
  {
    id: "code",
    name: "The workflow as Python",
    anywhere: true,
    group: "Look",
    icon: "code",
    run: ({ bench: { view } }) => view.update("drawer", view.drawer === "code" ? null : "code"),
  },
  {
    id: "help",
    name: "Help of this node",
    group: "Look",
    icon: "help",
    keys: ["H"],
    places: ["node"],
    possible: (scope) => chosen(scope).length > 0,
    run: (scope) => {
      const { view } = scope.bench;
      const type = chosen(scope)[0]?.type ?? "";
      const open = view.sheet?.kind === "help" && view.sheet.type === type;
      view.update("sheet", open ? null : { kind: "help", type });
    },
  },
  {
    id: "keys",
    name: "Keys",
    anywhere: true,
    group: "Look",
    icon: "keyboard",
    keys: ["?"],
    places: ["canvas"],
    run: ({ bench: { view } }) => view.update("sheet", view.sheet?.kind === "keys" ? null : { kind: "keys" }),
  },
];
