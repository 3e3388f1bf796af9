/** One of a list: opens a list that can be searched from 8 entries on. A value that is not there stays, in red, with the way to the nearest. */

import { useRef, useState } from "react";
import { legible } from "../../core/legible";
import { tipOf } from "../../core/prose";
import { nearestFirst } from "../../core/search";
import { labelOf } from "../../core/specs";
import { useWorkbench } from "../context";
import { Icon } from "../Icon";
import { Popover } from "../Popover";
import { ChoiceList } from "./ChoiceList";
import type { FieldProps } from "./field_props";

export function ChoiceField({ node, input, value, fault, alone }: FieldProps) {
  const { session } = useWorkbench();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const choices = input.choices ?? [];
  const known = choices.includes(value as string);
  const text = legible(String(value ?? ""), "");
  // A file's name says by itself what it is.
  const bare = alone && /\.\w{2,12}$/.test(text);
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) anchor.current?.focus({ preventScroll: true });
  };
  const tip = known
    ? tipOf(input)
    : choices.length === 0
      ? "There is nothing to choose from yet."
      : `${text || "Nothing"} is not in the list.`;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="vnb-field vnb-choice nodrag nopan nokey"
        aria-haspopup="listbox"
        aria-expanded={open}
        data-fault={!known || fault ? "" : undefined}
        title={fault ?? tip ?? (text.length > 18 ? text : undefined)}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      >
        <span className={bare ? "vnb-hidden" : "vnb-label"}>{labelOf(input)}</span>{" "}
        <span className="vnb-value">{text || "none"}</span>
        {known || choices.length === 0 || text === "" ? <Icon name="down" /> : <span className="vnb-locate">Locate</span>}
      </button>
      {open && anchor.current && (
        <Popover anchor={anchor.current} onClose={close}>
          <ChoiceList
            name={labelOf(input)}
            choices={known || text === "" ? choices : nearestFirst(text, choices)}
            folder={input.files}
            value={value}
            onChoose={(choice) => {
              if (choice !== value) session.set(node.id, input.name, choice);
              close(true);
            }}
          />
        </Popover>
      )}
    </>
  );
}
