/** Smaller, how large, larger, everything in view. */
import { Panel, useStore } from "@xyflow/react";
import { useWorkbench } from "./context";
import { Icon } from "./Icon";

export function ZoomBar() {
  const { actions } = useWorkbench();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <Panel position="bottom-left" className="vnb-zoom">
      <button
        type="button"
        className="vnb-tool"
        data-vnb-action="zoom-out"
        aria-label="Smaller"
        title="Smaller"
        onClick={() => actions.zoom("out")}
      >
        <Icon name="minus" />
      </button>
      <button
        type="button"
        className="vnb-percent"
        data-vnb-action="zoom-100"
        title="Back to 100 % (1)"
        onClick={() => actions.zoom("100")}
      >
        {percent}%
      </button>
      <button
        type="button"
        className="vnb-tool"
        data-vnb-action="zoom-in"
        aria-label="Larger"
        title="Larger"
        onClick={() => actions.zoom("in")}
      >
        <Icon name="add" />
      </button>
      <button
        type="button"
        className="vnb-tool"
        data-vnb-action="fit"
        aria-label="All in view"
        title="All in view (Shift F)"
        onClick={actions.fitAll}
      >
        <Icon name="fit" />
      </button>
    </Panel>
  );
}
