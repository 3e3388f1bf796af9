/** A text of one line. */

import { useId, useState } from "react";
import { tipOf } from "../../core/prose";
import { labelOf } from "../../core/specs";
import { useWorkbench } from "../context";
import type { FieldProps } from "./field_props";

export function LineField({ node, input, value, fault }: FieldProps) {
  const { session } = useWorkbench();
  const [draft, setDraft] = useState<string | null>(null);
  const label = useId();
  return (
    <div className="vnb-field nodrag nopan" data-fault={fault ? "" : undefined} title={fault ?? tipOf(input)}>
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
        onChange={(event) => {
          setDraft(event.target.value);
          session.set(node.id, input.name, event.target.value, { merge: `text:${node.id}.${input.name}`, hold: true });
        }}
        onBlur={() => {
          session.flush();
          setDraft(null);
        }}
      />
    </div>
  );
}
