/** One input's field: the right editor for its kind, with its socket at the node's border. */

import { memo } from "react";
import { linkOf, type NodeJSON } from "../../core/document";
import { tipOf } from "../../core/prose";
import { fieldKind, type InputSpec, labelOf, outputType, shownValue, spoken, titleOf } from "../../core/specs";
import type { ProblemJSON } from "../../sync/messages";
import { useSession } from "../context";
import { Socket } from "../Socket";
import { ChoiceField } from "./ChoiceField";
import type { FieldProps } from "./field_props";
import { ImageField } from "./ImageField";
import { LineField } from "./LineField";
import { NumberField } from "./NumberField";
import { TextField } from "./TextField";
import { ToggleField } from "./ToggleField";

interface Props {
  node: NodeJSON;
  input: InputSpec;
  problem?: ProblemJSON;
  alone: boolean;
}

export const Field = memo(function Field({ node, input, problem, alone }: Props) {
  const value = shownValue(input, node);
  const link = linkOf(node, input.name);
  const kind = link ? "linked" : fieldKind(input, value);
  return (
    <div
      className="vnb-field-cell"
      data-kind={kind}
      data-vnb-field={`${node.id}.${input.name}`}
      data-fault={problem ? "" : undefined}
    >
      <Socket
        node={node.id}
        side="target"
        handle={`in:${input.name}`}
        type={input.type}
        label={spoken(input.name)}
        linked={link !== undefined}
        optional={!input.required}
        field
      />
      <FieldEditor kind={kind} node={node} input={input} value={value} fault={problem?.message ?? null} alone={alone} />
    </div>
  );
});

/** The editor of a field by itself: on a node beside its socket, on the panel alone. */
export function FieldEditor({ kind, ...props }: FieldProps & { kind: ReturnType<typeof fieldKind> | "linked" }) {
  switch (kind) {
    case "linked":
      return <LinkedRow {...props} />;
    case "number":
    case "seed":
      return <NumberField {...props} seed={kind === "seed"} />;
    case "text":
      return <TextField {...props} />;
    case "choice":
      return props.input.image_upload ? <ImageField {...props} /> : <ChoiceField {...props} />;
    case "toggle":
      return <ToggleField {...props} />;
    case "object":
      return <ObjectRow {...props} />;
    default:
      return <LineField {...props} />;
  }
}

/** A field that is fed by a link stays as a row and says from where. */
function LinkedRow({ node, input }: FieldProps) {
  const from = useSession("doc", (session) => {
    const link = linkOf(node, input.name);
    const source = link && session.doc.nodes.get(link[0]);
    if (!link || !source) return "";
    const spec = session.specs.get(source.type);
    const several = (spec?.outputs.length ?? 0) > 1;
    const output = spoken(spec?.outputs[link[1]]?.name ?? outputType(session.specs, session.doc, link[0], link[1]));
    return several ? `${titleOf(source, spec)}, ${output}` : titleOf(source, spec);
  });
  return (
    <div className="vnb-field vnb-field-linked" title={tipOf(input)}>
      <span className="vnb-label">{labelOf(input)}</span>
      <span className="vnb-value vnb-quiet">from {from}</span>
    </div>
  );
}

/** A Python object that was given as a value: it can be looked at from a cell, and replaced by a link. */
function ObjectRow({ input, value }: FieldProps) {
  const type = typeof value === "object" && value !== null && !Array.isArray(value) ? value.type : undefined;
  return (
    <div className="vnb-field" title="A Python object given by code. Plug in a link to replace it.">
      <span className="vnb-label">{labelOf(input)}</span>
      <span className="vnb-value vnb-quiet">{typeof type === "string" ? type : "object"} from Python</span>
    </div>
  );
}
