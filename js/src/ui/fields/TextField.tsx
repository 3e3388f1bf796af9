/** A text of several lines: grows to six, then scrolls. Weights such as (fox:1.2) are lightly marked; Ctrl and arrows change them. */

import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import { tipOf } from "../../core/prose";
import { labelOf } from "../../core/specs";
import { changeWeight, weightSpans } from "../../core/weights";
import { spelled } from "../commands/combos";
import { useWorkbench } from "../context";
import { Icon } from "../Icon";
import type { FieldProps } from "./field_props";
import { useTypedText } from "./typed_text";

/** As high as its text, as far as the styles let it. */
function fitHeight(element: HTMLTextAreaElement): void {
  element.style.height = "0";
  element.style.height = `${element.scrollHeight}px`;
}

export function TextField({ node, input, value, fault }: FieldProps) {
  const { view } = useWorkbench();
  const { draft, put, leave } = useTypedText(node.id, input.name);
  const area = useRef<HTMLTextAreaElement>(null);
  const marks = useRef<HTMLDivElement>(null);
  const text = draft ?? String(value ?? "");
  const alone = node.type.includes("TextEncode") || input.name === "text";
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    if (area.current) fitHeight(area.current);
  }, [text]);
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    let width = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      fitHeight(element);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const up = event.key === "ArrowUp";
    if ((event.ctrlKey || event.metaKey) && (up || event.key === "ArrowDown")) {
      const { selectionStart, selectionEnd } = event.currentTarget;
      const next = changeWeight(text, selectionStart, selectionEnd, up ? 0.1 : -0.1);
      if (!next) return;
      event.preventDefault();
      put(next.text);
      const element = event.currentTarget;
      requestAnimationFrame(() => element.setSelectionRange(next.start, next.end));
    }
  };
  return (
    <div className="vnb-field vnb-text nodrag nopan nokey" data-fault={fault ? "" : undefined} title={fault ?? tipOf(input)}>
      {!alone && <span className="vnb-label">{labelOf(input)}</span>}
      <div className="vnb-text-box">
        <div ref={marks} className="vnb-text-marks" aria-hidden="true">
          {weightSpans(text).map((span, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
            <span key={i} className={span.weighted ? "vnb-weighted" : undefined}>
              {span.text}
            </span>
          ))}{" "}
        </div>
        <textarea
          ref={area}
          className="vnb-textarea nowheel"
          rows={2}
          aria-label={labelOf(input)}
          aria-invalid={fault ? true : undefined}
          spellCheck={false}
          placeholder={labelOf(input)}
          value={text}
          onChange={(event) => put(event.target.value)}
          onBlur={leave}
          onScroll={(event) => {
            if (marks.current) marks.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          className="vnb-mini vnb-text-large"
          tabIndex={-1}
          aria-label={`Open ${labelOf(input)} large`}
          title={`Open large (${spelled("Ctrl+E")})`}
          onClick={() => view.update("large", { node: node.id, input: input.name })}
        >
          <Icon name="grow" size={11} />
        </button>
      </div>
    </div>
  );
}
