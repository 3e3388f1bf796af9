/** Beside a seed: a new one now, and what becomes of it at each run (keep, new, count up or down). */
import { type PointerEvent, useRef, useState } from "react";
import type { NodeJSON } from "../../core/document";
import { randomSeed } from "../../core/numbers";
import { type InputSpec, labelOf } from "../../core/specs";
import type { ControlMode } from "../../sync/messages";
import { useWorkbench } from "../context";
import { Icon } from "../Icon";
import { Popover } from "../Popover";
import { ChoiceList } from "./ChoiceList";

const WORDS: Record<ControlMode, string> = {
  fixed: "keep",
  randomize: "new each run",
  increment: "count up",
  decrement: "count down",
};

export function SeedButtons({ node, input, onChange }: { node: NodeJSON; input: InputSpec; onChange(seed: number): void }) {
  const { session } = useWorkbench();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const mode: ControlMode = (node.control && Object.hasOwn(node.control, input.name) && node.control[input.name]) || "fixed";
  const own = (event: PointerEvent | React.MouseEvent) => event.stopPropagation();
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) anchor.current?.focus({ preventScroll: true });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: presses on the buttons are not presses on the number
    <span className="vnb-seed-buttons" onPointerDown={own} onPointerUp={own} onDoubleClick={own}>
      <button
        ref={anchor}
        type="button"
        className="vnb-seed-mode"
        data-vnb-action="seed-mode"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-label={`At each run: ${WORDS[mode]}`}
        title={`At each run: ${WORDS[mode]}`}
        onClick={() => setOpen(!open)}
      >
        {mode !== "fixed" && <span>{mode === "randomize" ? "new" : mode === "increment" ? "+1" : "−1"}</span>}
        <Icon name="down" size={12} />
      </button>
      <button
        type="button"
        className="vnb-mini"
        data-vnb-action="dice"
        aria-label={`New ${labelOf(input)} now`}
        title="New seed now"
        onClick={() => onChange(randomSeed(input))}
      >
        <Icon name="dice" />
      </button>
      {open && anchor.current && (
        <Popover anchor={anchor.current} onClose={close}>
          <ChoiceList
            name={`${labelOf(input)} at each run`}
            choices={Object.values(WORDS)}
            value={WORDS[mode]}
            onChoose={(word) => {
              const control = (Object.keys(WORDS) as ControlMode[]).find((key) => WORDS[key] === word) ?? "fixed";
              if (control !== mode) session.edit([{ op: "control", id: node.id, input: input.name, control }]);
              close(true);
            }}
          />
        </Popover>
      )}
    </span>
  );
}
