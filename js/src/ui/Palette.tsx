/** The search for a node to add. Opened by a loose link it lists only what can be plugged in; Tab then shows all. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { members } from "../core/compatibility";
import { findSpecs, nearest } from "../core/search";
import { type SpecJSON, spoken, titleOf } from "../core/specs";
import { slotOf } from "./actions";
import { useSession, useView, useWorkbench } from "./context";
import { Glyph } from "./Glyph";
import { Icon } from "./Icon";
import { PaletteEntry } from "./PaletteEntry";
import type { PaletteRequest } from "./view";

/** How many entries are listed; the search makes the rest reachable. */
const MOST = 60;
const WIDTH = 402;
const HEIGHT = 332;
const MARGIN = 8;

export function Palette() {
  const request = useView("palette", (view) => view.palette);
  return request ? <Search request={request} key={`${request.flow.x},${request.flow.y}`} /> : null;
}

function Search({ request }: { request: PaletteRequest }) {
  const { view, actions, root } = useWorkbench();
  const specs = useSession("specs", (session) => session.specs);
  const [query, setQuery] = useState("");
  const [limited, setLimited] = useState(request.opening !== null);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const opening = limited ? request.opening : null;
  const all = useMemo(() => findSpecs(specs, query, opening).map(({ spec }) => spec), [specs, query, opening]);
  const found = all.slice(0, MOST);
  const active = Math.min(at, found.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-at="${active}"]`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) view.update("palette", null);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [view]);

  const close = () => {
    view.update("palette", null);
    root()?.focus({ preventScroll: true });
  };
  const choose = (spec: SpecJSON) => {
    view.update("palette", null);
    const fitting = limited || !request.opening;
    actions.addNode(spec, fitting ? request : { ...request, opening: null });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setAt(Math.min(found.length - 1, Math.max(0, active + by)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const spec = found[active];
      if (spec) choose(spec);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      event.preventDefault();
      if (request.opening) setLimited(!limited);
    } else {
      return;
    }
    event.stopPropagation();
  };
  const frame = root()?.getBoundingClientRect();
  const width = Math.min(WIDTH, (frame?.width ?? WIDTH) - 2 * MARGIN);
  const height = Math.min(HEIGHT, (frame?.height ?? HEIGHT) - 2 * MARGIN - 40);
  const wantedX = !request.pointed ? ((frame?.width ?? WIDTH) - width) / 2 : request.screen.x;
  const left = Math.max(MARGIN, Math.min(wantedX, (frame?.width ?? WIDTH) - width - MARGIN));
  const top = Math.max(
    MARGIN,
    Math.min(request.screen.y - (request.opening ? 22 : 0), (frame?.height ?? HEIGHT) - height - MARGIN),
  );
  return (
    <div
      ref={box}
      className="vnb-palette"
      role="dialog"
      aria-label="Add a node"
      style={{ left, top, width, maxHeight: height }}
      onKeyDown={onKeyDown}
      data-vnb-palette=""
    >
      <div className="vnb-palette-head">
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: a search that was asked for takes the keys
          autoFocus
          className="vnb-palette-input"
          placeholder="Add a node"
          aria-label="Search nodes"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
          spellCheck={false}
          autoComplete="off"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
        />
        {opening && <OpeningChip type={opening.type} wants={opening.wants} onClear={() => setLimited(false)} />}
      </div>
      <div ref={list} id={id} className="vnb-palette-list nowheel" role="listbox" aria-label="Nodes">
        {opening && found.length > 0 && <ConnectsTo request={request} />}
        {found.map((spec, i) => (
          <PaletteEntry
            key={spec.type}
            id={`${id}-${i}`}
            spec={spec}
            query={query}
            at={i}
            active={i === active}
            onPoint={setAt}
            onChoose={choose}
          />
        ))}
        {found.length === 0 && (
          <NothingFound
            query={query}
            limited={limited && request.opening !== null}
            onAll={() => setLimited(false)}
            onChoose={choose}
          />
        )}
      </div>
      <div className="vnb-palette-foot">
        <span>
          <kbd>↑↓</kbd> choose
        </span>
        <span>
          <kbd>Enter</kbd> {opening ? "add and connect" : "add"}
        </span>
        {request.opening && (
          <span>
            <kbd>Tab</kbd> {limited ? "all types" : "only what fits"}
          </span>
        )}
        <span className="vnb-spring" />
        <span>
          <b>{all.length}</b> of {specs.size}
        </span>
      </div>
    </div>
  );
}

function OpeningChip({ type, wants, onClear }: { type: string; wants: "input" | "output"; onClear(): void }) {
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

function ConnectsTo({ request }: { request: PaletteRequest }) {
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

function NothingFound({
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
