/** What lies over the graph at its right: the search in the graph, the sheet of keys, the help of a node. */
import { useView } from "./context";
import { GraphSearch } from "./GraphSearch";
import { KeySheet } from "./KeySheet";
import { NodeHelp } from "./NodeHelp";

export function Sheet() {
  const sheet = useView("sheet", (view) => view.sheet);
  const mode = useView("mode", (view) => view.mode);
  if (!sheet) return null;
  if (sheet.kind === "keys") return <KeySheet />;
  if (mode !== "graph") return null;
  return sheet.kind === "help" ? <NodeHelp key={sheet.type} type={sheet.type} /> : <GraphSearch />;
}
