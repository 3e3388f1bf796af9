/** A text field opened large, over the graph. What is typed goes into the same input, key by key. */
import { type KeyboardEvent, useEffect, useRef } from "react";
import { literalOf } from "../core/document";
import { shownSpec, shownValue, spoken, titleOf } from "../core/specs";
import { changeWeight } from "../core/weights";
import { useSession, useView, useWorkbench } from "./context";
import { useTypedText } from "./fields/typed_text";
import { Icon } from "./Icon";

export function LargeText() {
  const large = useView("large", (view) => view.large);
  return large ? <OpenText key={`${large.node}.${large.input}`} {...large} /> : null;
}

function OpenText({ node: id, input }: { node: string; input: string }) {
  const { session, view, root } = useWorkbench();
  const node = useSession("doc", (s) => s.doc.nodes.get(id));
  const { draft, put, leave } = useTypedText(id, input);
  const area = useRef<HTMLTextAreaElement>(null);
  const before = useRef(document.activeElement as HTMLElement | null);
  useEffect(() => {
    area.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (!node) view.update("large", null);
  }, [node, view]);
  if (!node) return null;
  const known = shownSpec(session.specs, session.doc, node).inputs.find(({ name }) => name === input);
  const text = draft ?? String((known ? shownValue(known, node) : literalOf(node, input)) ?? "");
  const close = () => {
    session.flush();
    view.update("large", null);
    (before.current?.isConnected ? before.current : root())?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const up = event.key === "ArrowUp";
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if ((event.ctrlKey || event.metaKey) && (up || event.key === "ArrowDown")) {
      const element = event.currentTarget;
      const next = changeWeight(text, element.selectionStart, element.selectionEnd, up ? 0.1 : -0.1);
      if (!next) return;
      event.preventDefault();
      put(next.text);
      requestAnimationFrame(() => element.setSelectionRange(next.start, next.end));
    }
  };
  const title = titleOf(node, session.specs.get(node.type));
  return (
    <section className="vnb-large" role="dialog" aria-label={`${title}, ${spoken(input)}`} data-vnb-large={`${id}.${input}`}>
      <header className="vnb-sheet-head">
        <h2 className="vnb-sheet-title vnb-clip">
          {title} <span className="vnb-quiet">{spoken(input)}</span>
        </h2>
        <button type="button" className="vnb-mini" aria-label="Close" title="Close (Esc)" onClick={close}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <textarea
        ref={area}
        className="vnb-large-text nowheel"
        aria-label={spoken(input)}
        spellCheck={false}
        value={text}
        onChange={(event) => put(event.target.value)}
        onBlur={leave}
        onKeyDown={onKeyDown}
      />
    </section>
  );
}
