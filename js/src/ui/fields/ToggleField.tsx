/** On or off: the whole row is the target. */
import { tipOf } from "../../core/prose";
import { labelOf } from "../../core/specs";
import { useWorkbench } from "../context";
import type { FieldProps } from "./field_props";

export function ToggleField({ node, input, value, fault }: FieldProps) {
  const { session } = useWorkbench();
  const on = value === true;
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      className="vnb-field vnb-toggle nodrag nopan nokey"
      data-fault={fault ? "" : undefined}
      title={fault ?? tipOf(input)}
      onClick={() => session.set(node.id, input.name, !on)}
    >
      <span className="vnb-label">{labelOf(input)}</span>
      <span className="vnb-switch" aria-hidden="true" />
    </button>
  );
}
