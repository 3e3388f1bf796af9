/** One entry of the panel, as large as it deserves: a prompt, a picture, a shape, or a plain field. */
import { linkOf } from "../../core/document";
import type { PanelEntry } from "../../core/panel";
import { fieldKind, shownValue } from "../../core/specs";
import { useSession } from "../context";
import { FieldEditor } from "../fields/Field";
import { ImageField } from "../fields/ImageField";
import { ShapeField } from "./ShapeField";

export function EntryField({ entry }: { entry: PanelEntry }) {
  const { node, input, label, role } = entry;
  const problem = useSession("problems", (session) =>
    session.problems.find((candidate) => candidate.node === node.id && candidate.input === input.name),
  );
  const value = shownValue(input, node);
  const kind = linkOf(node, input.name) ? "linked" : fieldKind(input, value);
  const props = { node, input, value, fault: problem?.message ?? null, alone: true };
  return (
    <div
      className="vnb-entry-field"
      data-role={role}
      data-vnb-field={`${node.id}.${input.name}`}
      data-fault={problem ? "" : undefined}
    >
      {(role === "prompt" || role === "picture") && <div className="vnb-entry-label">{label}</div>}
      {role === "shape" ? (
        <ShapeField entry={entry} />
      ) : role === "picture" ? (
        <ImageField {...props} large />
      ) : (
        <FieldEditor kind={kind} {...props} alone={role === "prompt"} />
      )}
    </div>
  );
}
