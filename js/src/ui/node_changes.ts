/** What React Flow says of nodes (selected, measured, dragged, dropped), put into the view; a drop becomes an edit. */
import type { NodeChange } from "@xyflow/react";
import type { Workbench } from "./context";
import type { FlowNode } from "./flow";
import { insertionOps, showLinkUnder } from "./inserting";

export function takeNodeChanges(changes: NodeChange<FlowNode>[], bench: Workbench): void {
  const { view, actions } = bench;
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
  const anew = changes.some((change) => change.type === "select" && change.selected);
  view.select(selection, anew ? [] : view.selectedLinks, anew ? [] : view.selectedFrames);
  if (sized) view.setMeasured(measured);
  const [only] = dropped.keys();
  if (dropped.size > 0) actions.move(dropped, only !== undefined && dropped.size === 1 ? insertionOps(bench, only) : []);
  if (dropped.size === 0 && dragged.size === 0) return;
  view.update("dragged", dragged);
  if (dragged.size === 0) view.update("dropLink", null);
  else if (view.dropLink !== null || dragged.size === 1) showLinkUnder(bench);
}
