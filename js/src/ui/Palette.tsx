/** The search for a node to add. Opened by a loose link it lists only what can be plugged in; Tab then shows all. */
import { Fragment, type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { type Reachable, reachable } from "../core/bridging";
import type { Plug } from "../core/compatibility";
import { goesBetween } from "../core/rewiring";
import { findSpecs } from "../core/search";
import { outputType, type SpecJSON } from "../core/specs";
import type { Session } from "../sync/session";
import { addBridged, addNode } from "./adding";
import { type Command, scopeOf } from "./commands/command";
import { findCommands, nameOf, perform } from "./commands/registry";
import { useSession, useView, useWorkbench } from "./context";
import { Icon } from "./Icon";
import { PaletteCommand } from "./PaletteCommand";
import { PaletteEntry } from "./PaletteEntry";
import { ConnectsTo, NothingFound, OpeningChip } from "./PaletteParts";
import type { PaletteRequest } from "./view";
import { WaitingEnd } from "./WaitingLink";

/** How many entries are listed; the search makes the rest reachable. */
const MOST = 60;
const MOST_COMMANDS = 8;
const MOST_FURTHER = 3;
const WIDTH = 402;
const HEIGHT = 332;
const MARGIN = 8;

export function Palette() {
  const request = useView("palette", (view) => view.palette);
  return request ? <Search request={request} key={`${request.flow.x},${request.flow.y}`} /> : null;
}

function Search({ request }: { request: PaletteRequest }) {
  const bench = useWorkbench();
  const { view, root } = bench;
  const specs = useSession("specs", (session) => session.specs);
  const ends = useMemo(() => (request.into ? typesOf(bench.session, request.into) : null), [bench, request]);
  const [query, setQuery] = useState("");
  const limited = request.opening !== null && !request.all;
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const opening = limited ? request.opening : null;
  const all = useMemo(() => {
    const fitting = findSpecs(specs, query, opening).map(({ spec }) => spec);
    return ends ? fitting.filter((spec) => goesBetween(spec, ends.given, ends.wanted)) : fitting;
  }, [specs, query, opening, ends]);
  const found = all.slice(0, MOST);
  const commands = request.opening || request.into ? [] : findCommands(query, scopeOf(bench)).slice(0, MOST_COMMANDS);
  const further = useMemo(() => (opening ? reachable(specs, query, opening, MOST_FURTHER) : []), [specs, query, opening]);
  const count = found.length + further.length + commands.length;
  const active = Math.min(at, count - 1);

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

  const setLimited = (on: boolean) => view.update("palette", { ...request, all: !on });
  const close = () => {
    view.update("palette", null);
    root()?.focus({ preventScroll: true });
  };
  const choose = (spec: SpecJSON) => {
    view.update("palette", null);
    const fitting = limited || !request.opening;
    addNode(bench, spec, fitting ? request : { ...request, opening: null });
  };
  const chooseFar = (far: Reachable) => {
    view.update("palette", null);
    addBridged(bench, far, request);
  };
  const order = (command: Command) => {
    close();
    perform(command, scopeOf(bench));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setAt(Math.min(count - 1, Math.max(0, active + by)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const spec = found[active];
      const far = further[active - found.length];
      const command = commands[active - found.length];
      if (spec) choose(spec);
      else if (far) chooseFar(far);
      else if (command) order(command);
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
  const before = request.opening?.wants === "output" ? width : 0;
  const wantedX = !request.pointed ? ((frame?.width ?? WIDTH) - width) / 2 : request.screen.x - before;
  const left = Math.max(MARGIN, Math.min(wantedX, (frame?.width ?? WIDTH) - width - MARGIN));
  const top = Math.max(
    MARGIN,
    Math.min(request.screen.y - (request.opening ? 22 : 0), (frame?.height ?? HEIGHT) - height - MARGIN),
  );
  return (
    <>
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
            placeholder={
              request.into ? "Put a node into the link" : request.opening ? "Add a node" : "Add a node, or say what to do"
            }
            aria-label="Search nodes"
            role="combobox"
            aria-expanded="true"
            aria-controls={id}
            aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
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
          {further.map((far, i) => (
            <Fragment key={far.spec.type}>
              {further[i - 1]?.bridge.via !== far.bridge.via && (
                <div className="vnb-palette-group">With {far.bridge.via.display_name} in between</div>
              )}
              <PaletteEntry
                id={`${id}-${found.length + i}`}
                spec={far.spec}
                query={query}
                at={found.length + i}
                active={found.length + i === active}
                onPoint={setAt}
                onChoose={() => chooseFar(far)}
              />
            </Fragment>
          ))}
          {commands.length > 0 && <div className="vnb-palette-group">Do</div>}
          {commands.map((command, i) => (
            <PaletteCommand
              key={command.id}
              id={`${id}-${found.length + i}`}
              at={found.length + i}
              command={command}
              name={nameOf(command, scopeOf(bench))}
              query={query}
              active={found.length + i === active}
              onPoint={setAt}
              onChoose={order}
            />
          ))}
          {count === 0 && <NothingFound query={query} limited={limited} onAll={() => setLimited(false)} onChoose={choose} />}
        </div>
        <div className="vnb-palette-foot">
          <span>
            <kbd>↑↓</kbd> choose
          </span>
          <span>
            <kbd>Enter</kbd>{" "}
            {active >= found.length && commands.length > 0 ? "do it" : opening || request.into ? "add and connect" : "add"}
          </span>
          {request.opening && (
            <span>
              <kbd>Tab</kbd> {limited ? "all types" : "only what fits"}
            </span>
          )}
          <span className="vnb-spring" />
          <span>
            <b>{all.length + further.length}</b> of {specs.size}
          </span>
        </div>
      </div>
      {request.pointed && left === wantedX && <WaitingEnd request={request} />}
    </>
  );
}

/** What a link carries, and what its end takes. */
function typesOf(session: Session, { source, slot, target, input }: Plug): { given: string; wanted: string } {
  const { specs, doc } = session;
  const wanted = specs.get(doc.nodes.get(target)?.type ?? "")?.inputs.find(({ name }) => name === input)?.type;
  return { given: outputType(specs, doc, source, slot), wanted: wanted ?? "*" };
}
