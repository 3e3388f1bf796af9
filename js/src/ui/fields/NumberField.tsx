/**
 * A number: drag sideways to change it, click to type (sums allowed), arrows to step, double click for the default.
 *
 * The wheel does nothing here, and a value out of range is shown in red and kept as it is.
 */

import { type KeyboardEvent, type PointerEvent, useCallback, useId, useRef, useState } from "react";
import { fieldText, fillOf, grouped, rangeFault, settle, shown, stepped, typedNumber, typingFault } from "../../core/numbers";
import { tipOf } from "../../core/prose";
import { labelOf } from "../../core/specs";
import { numberIn, valueFor, type Whole } from "../../core/whole";
import { useWorkbench } from "../context";
import type { FieldProps } from "./field_props";
import { SeedButtons } from "./SeedButtons";

/** Screen pixels of a drag that make one step. */
const PIXELS_A_STEP = 4;
const DRAG_STARTS = 3;

export function NumberField({ node, input, value: json, fault, seed }: FieldProps & { seed: boolean }) {
  const { session } = useWorkbench();
  const value = numberIn(json) ?? (Number(json) || 0);
  const [draft, setDraft] = useState<string | null>(null);
  const [editing, setEditing] = useState(false);
  const given = useRef(false);
  const box = useRef<HTMLInputElement>(null);
  const label = useId();
  const put = useCallback(
    (next: Whole, merge?: string) => session.set(node.id, input.name, valueFor(next), merge ? { merge, hold: true } : {}),
    [session, node.id, input.name],
  );
  const drag = useDrag(input, value, put, () => {
    box.current?.focus({ preventScroll: true });
    box.current?.select();
  });

  const typed = draft === null ? null : typedNumber(input, draft);
  /** Takes what was typed. What can't be taken stays to be mended, and is dropped when the field is left. */
  const commit = (leaving: boolean) => {
    if (draft === null || given.current) return;
    const unfit = typed === null || typingFault(input, typed) !== null;
    if (leaving || !unfit) setDraft(null);
    if (unfit) return;
    const next = settle(input, typed);
    if (next !== value) put(next);
  };
  const step = (count: number) => {
    setDraft(null);
    put(stepped(input, typed ?? value, count), `step:${node.id}.${input.name}`);
  };
  const reset = () => {
    setDraft(null);
    const standard = numberIn(input.default);
    if (standard !== null && standard !== value) put(standard);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const size = event.shiftKey ? 0.1 : event.ctrlKey || event.metaKey ? 10 : 1;
      const count = input.type === "INT" ? Math.max(1, size) : size;
      step(event.key === "ArrowUp" ? count : -count);
    } else if (event.key === "Enter" && !event.shiftKey) {
      commit(false);
      requestAnimationFrame(() => box.current?.select());
    } else if (event.key === "Escape") {
      given.current = true; // What was typed is given up; the blur that follows takes nothing.
      setDraft(null);
    }
  };

  const range = rangeFault(input, typed ?? value);
  const wrong = draft === null || draft.trim() === "" ? null : typingFault(input, typed);
  const tip = wrong ?? range ?? fault ?? tipOf(input);
  const fill = fillOf(input, Number(typed ?? value));
  const text = draft ?? (editing ? shown(value) : seed ? grouped(value) : fieldText(input, value));
  return (
    <div
      role="group"
      className="vnb-field vnb-number nodrag nopan nokey"
      data-editing={editing || undefined}
      data-fault={range || wrong || fault ? "" : undefined}
      data-plain={seed || undefined}
      title={tip ? `${labelOf(input)}: ${tip}` : undefined}
      onDoubleClick={reset}
      {...(seed ? drag.clickOnly : drag.handlers)}
    >
      {fill !== null && <span className="vnb-fill" style={{ width: `${fill * 100}%` }} />}
      <span className="vnb-label" id={label}>
        {labelOf(input)}
      </span>
      <input
        ref={box}
        className="vnb-value vnb-input"
        role="spinbutton"
        aria-labelledby={label}
        aria-valuenow={Number(value)}
        aria-valuetext={shown(value)}
        aria-valuemin={input.min}
        aria-valuemax={input.max}
        aria-invalid={range || wrong || fault ? true : undefined}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          given.current = false;
          setDraft(event.target.value);
        }}
        onFocus={() => {
          setEditing(true);
          requestAnimationFrame(() => document.activeElement === box.current && box.current?.select());
        }}
        onBlur={() => {
          setEditing(false);
          commit(true);
        }}
        onKeyDown={onKeyDown}
      />
      {seed && (
        <SeedButtons
          node={node}
          input={input}
          onChange={(next) => {
            setDraft(null);
            put(next);
          }}
        />
      )}
    </div>
  );
}

/** Sideways drag changes the number; a press without one is a click. */
function useDrag(input: FieldProps["input"], value: Whole, put: (next: Whole, merge: string) => void, click: () => void) {
  const start = useRef<{ x: number; value: Whole; moved: boolean; key: string; sum: number; last: number } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || document.activeElement === event.target) return;
    if (event.target instanceof HTMLInputElement) event.preventDefault();
    start.current = { x: event.clientX, value, moved: false, key: `drag:${Math.random()}`, sum: 0, last: event.clientX };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const from = start.current;
    if (!from) return;
    if (!from.moved) {
      if (Math.abs(event.clientX - from.x) < DRAG_STARTS) return;
      from.moved = true;
      from.last = event.clientX;
      event.currentTarget.setPointerCapture(event.pointerId);
      return;
    }
    const pace = event.shiftKey ? 0.1 : event.ctrlKey || event.metaKey ? 10 : 1;
    from.sum += ((event.clientX - from.last) / PIXELS_A_STEP) * pace;
    from.last = event.clientX;
    put(stepped(input, from.value, input.type === "INT" ? Math.trunc(from.sum) : from.sum), from.key);
  };
  const onPointerUp = () => {
    const from = start.current;
    start.current = null;
    if (from && !from.moved) click();
  };
  const onPointerCancel = () => {
    start.current = null;
  };
  const clickOnly = { onPointerDown, onPointerUp, onPointerCancel };
  return { handlers: { ...clickOnly, onPointerMove }, clickOnly };
}
