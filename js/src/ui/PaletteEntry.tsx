/** One class in the search: icon, name with what matched, category, what it does, what goes in and comes out. */
import { plainProse } from "../core/prose";
import { marked } from "../core/search";
import { type SpecJSON, spoken } from "../core/specs";
import { Glyph } from "./Glyph";
import { Icon, iconOf } from "./Icon";

interface Props {
  id: string;
  spec: SpecJSON;
  query: string;
  at: number;
  active: boolean;
  onPoint(at: number): void;
  onChoose(spec: SpecJSON): void;
}

export function PaletteEntry({ id, spec, query, at, active, onPoint, onChoose }: Props) {
  const inputs = spec.inputs.filter((input) => !input.widget);
  const said = firstSentence(spec.description) || [...new Set(inputs.map((input) => spoken(input.name)))].join(", ");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search box takes the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className="vnb-entry"
      data-at={at}
      data-vnb-entry={spec.type}
      data-active={active || undefined}
      title={spec.type}
      onPointerMove={() => !active && onPoint(at)}
      onClick={() => onChoose(spec)}
    >
      <Icon name={iconOf(spec.type, spec.category)} />
      <div className="vnb-entry-text">
        <div className="vnb-entry-name">
          <span className="vnb-clip">
            {marked(spec.display_name, query).map((part, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
              <span key={i} className={part.hit ? "vnb-hit" : undefined}>
                {part.text}
              </span>
            ))}
          </span>
          <span className="vnb-entry-category">{spec.category.split("/").at(-1)}</span>
        </div>
        {said && <div className="vnb-entry-said vnb-clip">{said}</div>}
      </div>
      <Signature spec={spec} />
    </div>
  );
}

/** What goes in and what comes out, as glyphs. */
function Signature({ spec }: { spec: SpecJSON }) {
  const inputs = [...new Set(spec.inputs.filter((input) => !input.widget).map((input) => input.type))].slice(0, 4);
  const outputs = [...new Set(spec.outputs.map((output) => output.type))].slice(0, 3);
  if (inputs.length + outputs.length === 0) return null;
  return (
    <span className="vnb-signature" aria-hidden="true">
      {inputs.map((type) => (
        <Glyph key={type} type={type} />
      ))}
      <Icon name="right" size={10} />
      {outputs.map((type) => (
        <Glyph key={type} type={type} />
      ))}
    </span>
  );
}

function firstSentence(text: string): string {
  const line = plainProse(text.trim().split("\n")[0] ?? "");
  return line.length > 90 ? `${line.slice(0, 88)}…` : line;
}
