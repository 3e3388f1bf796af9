/** What slides in at the right, over the graph or the panel: earlier runs, the log, the code. One at a time. */
import { useView } from "./context";
import { CodeDrawer } from "./files/CodeDrawer";
import { HistoryDrawer } from "./history/HistoryDrawer";
import { LogDrawer } from "./log/LogDrawer";

export function Drawer() {
  const open = useView("drawer", (view) => view.drawer);
  switch (open) {
    case "history":
      return <HistoryDrawer />;
    case "log":
      return <LogDrawer />;
    case "code":
      return <CodeDrawer />;
    default:
      return null;
  }
}
