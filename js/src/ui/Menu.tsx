/** The one menu: things to do with their keys, lists behind entries, a search where a list is long. Keys, pointer and touch alike. */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { shortcut, spelled } from "./commands/combos";
import { useView, useWorkbench } from "./context";
import { Glyph } from "./Glyph";
import { Icon } from "./Icon";
import { type DoEntry, type MenuEntry, type MenuRequest, type MoreEntry, matching, tidied } from "./menu_entries";

const MARGIN = 8;
/** From this many entries on a list can be searched. */
const SEARCHABLE = 12;

export function Menu() {
  const request = useView("menu", (view) => view.menu);
  return request ? <OpenMenu key={`${request.at.x},${request.at.y},${request.name}`} request={request} /> : null;
}

interface Level {
  name: string;
  entries: MenuEntry[];
}

function OpenMenu({ request }: { request: MenuRequest }) {
  const { view, root } = useWorkbench();
  const [levels, setLevels] = useState<Level[]>([{ name: request.name, entries: request.entries }]);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [place, setPlace] = useState<{ left: number; top: number; maxHeight: number } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const before = useRef(document.activeElement as HTMLElement | null);
  const id = useId();
  const level = levels.at(-1) as Level;
  const entries = tidied(matching(level.entries, query));
  const choices = entries.filter((entry): entry is DoEntry | MoreEntry => entry.kind === "do" || entry.kind === "more");
  const active = Math.min(at, choices.length - 1);
  const searchable = level.entries.length >= SEARCHABLE && levels.length > 1;

  const close = (refocus: boolean) => {
    view.update("menu", null);
    if (!refocus) return;
    const home = before.current?.isConnected ? before.current : root();
    home?.focus({ preventScroll: true });
  };
  const choose = (entry: DoEntry | MoreEntry) => {
    if (entry.kind === "more") {
      setLevels([...levels, { name: entry.name, entries: tidied(entry.entries()) }]);
      setQuery("");
      setAt(0);
    } else {
      close(true);
      entry.run();
    }
  };
  const back = () => {
    if (levels.length === 1) return;
    setLevels(levels.slice(0, -1));
    setQuery("");
    setAt(0);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list is another size
  useLayoutEffect(() => {
    const frame = root()?.getBoundingClientRect();
    const own = box.current;
    if (!frame || !own) return;
    const maxHeight = frame.height - 2 * MARGIN;
    const [wide, high] = [own.offsetWidth, Math.min(own.scrollHeight, maxHeight)];
    const left = Math.max(MARGIN, Math.min(request.at.x - frame.left, frame.width - wide - MARGIN));
    const top = Math.max(MARGIN, Math.min(request.at.y - frame.top, frame.height - high - MARGIN));
    setPlace({ left, top, maxHeight });
  }, [request, root, levels.length, searchable]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each list takes the focus anew
  useEffect(() => {
    (search.current ?? box.current)?.focus({ preventScroll: true });
  }, [levels.length]);
  useEffect(() => {
    box.current?.querySelector(`[data-at="${active}"]`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) view.update("menu", null);
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("wheel", outside, { capture: true, passive: true });
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("wheel", outside, true);
    };
  }, [view]);

  const onKeyDown = (event: KeyboardEvent) => {
    const entry = choices[active];
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -choices.length, End: choices.length };
    const by = steps[event.key];
    if (by !== undefined) {
      const next = Math.abs(by) === 1 ? (active + by + choices.length) % choices.length : active + by;
      setAt(Math.max(0, Math.min(choices.length - 1, next)));
    } else if ((event.key === "Enter" && !event.shiftKey) || (event.key === " " && !searchable)) {
      if (entry) choose(entry);
    } else if (event.key === "ArrowRight" && entry?.kind === "more" && !query) choose(entry);
    else if (event.key === "ArrowLeft" && levels.length > 1 && !query) back();
    else if (event.key === "Escape" || event.key === "Tab") {
      if (levels.length > 1 && event.key === "Escape") back();
      else close(true);
    } else if (!searchable && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const next = [...choices.keys()].map((i) => (i + active + 1) % choices.length);
      const hit = next.find((i) => choices[i]?.name.toLowerCase().startsWith(event.key.toLowerCase()));
      if (hit !== undefined) setAt(hit);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const host = root()?.querySelector(".vnb-overlays");
  if (!host) return null;
  return createPortal(
    <div
      ref={box}
      className="vnb-menu nodrag nopan nowheel"
      role="menu"
      tabIndex={-1}
      aria-label={level.name}
      aria-activedescendant={choices.length > 0 ? `${id}-${active}` : undefined}
      data-vnb-menu=""
      style={place ? { ...place } : { opacity: 0 }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.stopPropagation()}
      onContextMenu={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {levels.length > 1 && (
        <button type="button" className="vnb-menu-back" tabIndex={-1} onClick={back}>
          <Icon name="left" size={14} />
          <span className="vnb-clip">{level.name}</span>
        </button>
      )}
      {searchable && (
        <div className="vnb-choices-search">
          <Icon name="search" />
          <input
            ref={search}
            value={query}
            placeholder="Search"
            aria-label={`Search ${level.name}`}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setQuery(event.target.value);
              setAt(0);
            }}
          />
        </div>
      )}
      {entries.map((entry, i) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        if (entry.kind === "line") return <hr key={`line${i}`} className="vnb-menu-line" />;
        if (entry.kind === "title") {
          return (
            <div key={`title-${entry.text}`} className="vnb-menu-title vnb-clip">
              {entry.text}
            </div>
          );
        }
        const own = choices.indexOf(entry);
        return (
          <Item
            key={entry.id}
            id={`${id}-${own}`}
            at={own}
            entry={entry}
            active={own === active}
            onPoint={() => own !== active && setAt(own)}
            onChoose={() => choose(entry)}
          />
        );
      })}
      {choices.length === 0 && <div className="vnb-nothing">Nothing fits</div>}
    </div>,
    host,
  );
}

interface ItemProps {
  id: string;
  at: number;
  entry: DoEntry | MoreEntry;
  active: boolean;
  onPoint(): void;
  onChoose(): void;
}

function Item({ id, at, entry, active, onPoint, onChoose }: ItemProps) {
  const more = entry.kind === "more";
  const { type, swatch, said, keys, checked }: Partial<DoEntry> = more ? {} : entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the menu takes the keys
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is one of two
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: only the role that has a mark gets one
    <div
      id={id}
      role={checked === undefined ? "menuitem" : "menuitemradio"}
      tabIndex={-1}
      aria-checked={checked}
      aria-haspopup={more ? "menu" : undefined}
      aria-keyshortcuts={keys ? shortcut(keys) : undefined}
      className="vnb-menu-item"
      data-vnb-command={entry.id}
      data-at={at}
      data-active={active || undefined}
      onPointerMove={onPoint}
      onClick={onChoose}
    >
      <span className="vnb-menu-sign" aria-hidden="true">
        {type !== undefined && <Glyph type={type} />}
        {swatch !== undefined && (
          <span className="vnb-swatch" data-none={swatch === "" || undefined} style={{ background: swatch || undefined }} />
        )}
        {type === undefined && swatch === undefined && entry.icon && <Icon name={entry.icon} />}
      </span>
      <span className="vnb-menu-name vnb-clip">{entry.name}</span>
      {said && <span className="vnb-menu-said vnb-clip">{said}</span>}
      {checked && <Icon name="check" />}
      {keys && <kbd>{spelled(keys)}</kbd>}
      {more && <Icon name="right" size={12} />}
    </div>
  );
}
