/** What React Flow says of nodes (selected, measured, dragged, dropped), put into the view; a drop becomes an edit. */
import type { NodeChange } from "@xyflow/react";
import type { FlowNode } from "./flow";
import type { View } from "./view";

export function takeNodeChanges(
  changes: NodeChange<FlowNode>[],
  view: View,
  move: (moved: ReadonlyMap<string, [number, number]>) => void,
): void {
  const selection = new Set(view.selection);
  const measured = new Map(view.measured);
  const dragged = new Map(view.dragged);
  const dropped = new Map<string, [number, number]>();
  let sized = false;
  for (const change of changes) {
    if (change.type === "select") {
      if (change.selected) selection.add(change.id);
      else selection.delete(change.id);
    } else if (change.type === "dimensions" && change.dimensions) {
      measured.set(change.id, change.dimensions);
      sized = true;
    } else if (change.type === "position" && change.position) {
      const spot: [number, number] = [change.position.x, change.position.y];
      if (change.dragging) dragged.set(change.id, spot);
      else if (dragged.delete(change.id)) dropped.set(change.id, spot);
    } else if (change.type === "position" && change.dragging === false) {
      const spot = dragged.get(change.id);
      if (spot && dragged.delete(change.id)) dropped.set(change.id, spot);
    }
  }
  view.select(selection, changes.some((change) => change.type === "select" && change.selected) ? [] : view.selectedLinks);
  if (sized) view.setMeasured(measured);
  if (dropped.size > 0) move(dropped);
  if (dropped.size > 0 || dragged.size > 0) view.update("dragged", dragged);
}
