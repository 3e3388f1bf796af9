/** What every field is given to show and edit one input. */
import type { Json, NodeJSON } from "../../core/document";
import type { InputSpec } from "../../core/specs";

export interface FieldProps {
  node: NodeJSON;
  input: InputSpec;
  value: Json;
  fault: string | null;
  /** The only field of its node: a choice then needs no label. */
  alone: boolean;
}
