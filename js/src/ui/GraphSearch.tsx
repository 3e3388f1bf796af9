/** The search in the graph: titles, classes, what fields hold, what is wrong. Arrows and Enter go from one hit to the next. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { findNodes } from "../core/graph_search";
import { marked } from "../core/search";
import { useSession, useView, useWorkbench } from "./context";
import { Icon, iconOf } from "./Icon";

/** How many hits are listed; more words make them fewer. */
const MOST = 50;

export function GraphSearch() {
  const { session, view, actions, root } = useWorkbench();
  const doc = useSession("doc", (s) => s.doc);
  const specs = useSession("specs", (s) => s.specs);
  const problems = useSession("problems", (s) => s.problems);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(-1);
  const box = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const sheet = useView("sheet", (v) => v.sheet);
  const found = useMemo(() => findNodes(doc, specs, problems, query), [doc, specs, problems, query]);
  const listed = found.slice(0, MOST);

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again, it takes the keys again
  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    box.current?.select();
  }, [sheet]);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const go = (to: number) => {
    const hit = listed[to];
    if (!hit) return;
    setAt(to);
    actions.goTo(hit.id);
  };
  const close = () => {
    view.update("sheet", null);
    const [only] = view.selection;
    if (only !== undefined && at >= 0) actions.focusNode(only);
    else root()?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = listed.length;
    if (event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey)) go((at + 1) % Math.max(1, count));
    else if (event.key === "ArrowUp") go((Math.max(0, at) - 1 + count) % Math.max(1, count));
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the list work from its search box
    <div className="vnb-find" onKeyDown={onKeyDown} data-vnb-find="">
      <div className="vnb-choices-search">
        <Icon name="search" />
        <input
          ref={box}
          value={query}
          placeholder="Find in the graph"
          aria-label="Find in the graph"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(-1);
          }}
        />
        <span className="vnb-find-count" role="status">
          {at >= 0 ? `${at + 1} of ${found.length}` : found.length === 1 ? "1 node" : `${found.length} nodes`}
        </span>
        <button type="button" className="vnb-mini" aria-label="Close" title="Close (Esc)" onClick={close}>
          <Icon name="close" size={12} />
        </button>
      </div>
      {query && (
        <div ref={list} id={id} className="vnb-choices-list nowheel" role="listbox" aria-label="Nodes found">
          {listed.map((hit, i) => {
            const node = session.doc.nodes.get(hit.id);
            const spec = specs.get(node?.type ?? "");
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the search box takes the keys
              <div
                key={hit.id}
                id={`${id}-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === at}
                className="vnb-choices-entry vnb-find-entry"
                data-at={i}
                data-active={i === at || undefined}
                data-vnb-found={hit.id}
                onClick={() => go(i)}
              >
                <Icon name={spec ? iconOf(spec.type, spec.category) : "unknown"} />
                <span className="vnb-clip">
                  <Marked text={hit.title} query={query} />
                  {hit.said && (
                    <span className="vnb-quiet">
                      {" "}
                      <Marked text={hit.said} query={query} />
                    </span>
                  )}
                </span>
                <span className="vnb-quiet">#{hit.id}</span>
              </div>
            );
          })}
          {found.length === 0 && <div className="vnb-nothing">No node has “{query}” in it</div>}
        </div>
      )}
    </div>
  );
}

function Marked({ text, query }: { text: string; query: string }) {
  return marked(text, query).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
    <span key={i} className={part.hit ? "vnb-hit" : undefined}>
      {part.text}
    </span>
  ));
}
