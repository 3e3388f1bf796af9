/** What a node is for: its words, what goes in, what comes out. */

import { typeName } from "../core/compatibility";
import { shown } from "../core/numbers";
import { proseParts } from "../core/prose";
import type { InputSpec, OutputSpec } from "../core/specs";
import { spoken } from "../core/specs";
import { useSession } from "./context";
import { Glyph } from "./Glyph";
import { SheetBox } from "./SheetBox";

export function NodeHelp({ type }: { type: string }) {
  const spec = useSession("specs", (session) => session.specs.get(type));
  if (!spec) {
    return (
      <SheetBox name={type}>
        <p className="vnb-sheet-said">
          This node class is not here. What the node holds is kept, and it runs again where its class is.
        </p>
      </SheetBox>
    );
  }
  return (
    <SheetBox name={spec.display_name}>
      <p className="vnb-sheet-meta">{[spec.category.replace(/\//g, " / "), spec.type].filter(Boolean).join(" · ")}</p>
      <p className="vnb-sheet-said">
        <Prose text={spec.description || "Its author wrote no words about it."} />
      </p>
      <Sockets title="In" items={spec.inputs} />
      <Sockets title="Out" items={spec.outputs} />
    </SheetBox>
  );
}

/** What its author wrote, with code as code. */
function Prose({ text }: { text: string }) {
  return proseParts(text).map(({ text: part, code }, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
    code ? <code key={i}>{part}</code> : part,
  );
}

function Sockets({ title, items }: { title: string; items: readonly (InputSpec | OutputSpec)[] }) {
  if (items.length === 0) return null;
  return (
    <>
      <h3 className="vnb-sheet-part">{title}</h3>
      <ul className="vnb-sheet-list">
        {items.map((item) => (
          <li key={item.name}>
            <Glyph type={item.type} />
            <div>
              <b>{spoken(item.name) || "value"}</b> <span className="vnb-quiet">{facts(item)}</span>
              {item.tooltip && (
                <p>
                  <Prose text={item.tooltip} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Type, range, default, in a few words. */
function facts(item: InputSpec | OutputSpec): string {
  if (!("required" in item)) return typeName(item.type) + (item.is_list ? ", a list" : "");
  const { min, choices, required } = item;
  const max = item.max != null && item.max < 2 ** 53 ? item.max : null;
  const range =
    min != null && max != null
      ? `${shown(min)} to ${shown(max)}`
      : min != null
        ? `${shown(min)} or more`
        : max != null
          ? `${shown(max)} at most`
          : "";
  const standard =
    typeof item.default === "string" || typeof item.default === "number" || typeof item.default === "boolean"
      ? `${item.default}`
      : "";
  const parts = [
    choices ? `one of ${choices.length}` : typeName(item.type),
    range,
    standard !== "" && standard.length < 30 ? `default ${standard}` : "",
    required ? "" : "optional",
  ];
  return parts.filter(Boolean).join(", ");
}
