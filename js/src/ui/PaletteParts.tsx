/** What the search for a node says around its entries: what a loose link takes, where it comes from, what is near when nothing matches. */
import { members } from "../core/compatibility";
import { nearest } from "../core/search";
import { type SpecJSON, spoken, titleOf } from "../core/specs";
import { slotOf } from "./actions";
import { useSession, useWorkbench } from "./context";
import { Glyph } from "./Glyph";
import { Icon } from "./Icon";
import type { PaletteRequest } from "./view";

export function OpeningChip({ type, wants, onClear }: { type: string; wants: "input" | "output"; onClear(): void }) {
  return (
    <span className="vnb-chip">
      <Glyph type={type} />
      {wants === "input" ? "takes" : "gives"} {type === "*" ? "anything" : members(type).join(" or ")}
      <button type="button" className="vnb-mini" aria-label="Show all types" onClick={onClear}>
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}

export function ConnectsTo({ request }: { request: PaletteRequest }) {
  const { session } = useWorkbench();
  const from = request.opening?.from;
  const node = from && session.doc.nodes.get(from.node);
  if (!from || !node) return null;
  const spec = session.specs.get(node.type);
  const socket = from.side === "source" ? spec?.outputs[slotOf(from.handle)]?.name : from.handle.slice("in:".length);
  return (
    <div className="vnb-palette-group">
      Connects to {titleOf(node, spec)}, {spoken(socket ?? "")}
    </div>
  );
}

export function NothingFound({
  query,
  limited,
  onAll,
  onChoose,
}: {
  query: string;
  limited: boolean;
  onAll(): void;
  onChoose(spec: SpecJSON): void;
}) {
  const specs = useSession("specs", (session) => session.specs);
  return (
    <div className="vnb-nothing">
      <p>
        Nothing is called “{query}”{limited ? " among what fits" : ""}.
      </p>
      {limited ? (
        <button type="button" className="vnb-button" onClick={onAll}>
          Search all types
        </button>
      ) : (
        <p className="vnb-near">
          Near:
          {nearest(specs, query).map((spec) => (
            <button type="button" key={spec.type} className="vnb-button" onClick={() => onChoose(spec)}>
              {spec.display_name}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}
