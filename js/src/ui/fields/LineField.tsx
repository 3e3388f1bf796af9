/** A text of one line. */

import { useId } from "react";
import { tipOf } from "../../core/prose";
import { labelOf } from "../../core/specs";
import type { FieldProps } from "./field_props";
import { useTypedText } from "./typed_text";

export function LineField({ node, input, value, fault }: FieldProps) {
  const { draft, put, leave } = useTypedText(node.id, input.name);
  const label = useId();
  return (
    <div className="vnb-field nodrag nopan nokey" data-fault={fault ? "" : undefined} title={fault ?? tipOf(input)}>
      <span className="vnb-label" id={label}>
        {labelOf(input)}
      </span>
      <input
        className="vnb-value vnb-input vnb-line"
        aria-labelledby={label}
        aria-invalid={fault ? true : undefined}
        autoComplete="off"
        spellCheck={false}
        value={draft ?? String(value ?? "")}
        onChange={(event) => put(event.target.value)}
        onBlur={leave}
      />
    </div>
  );
}
