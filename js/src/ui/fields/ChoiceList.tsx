/** The list that a choice opens: arrows choose, Enter takes, typing searches. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Json } from "../../core/document";
import { legible } from "../../core/legible";
import { Icon } from "../Icon";
import { FileChoice, Marked } from "./FileChoice";

type Choice = string | number | boolean;

/** From this many entries on the list can be searched. */
const SEARCHABLE = 8;

interface Props {
  name: string;
  choices: readonly Choice[];
  value: Json;
  /** The kind of folder whose files the choices are. */
  folder?: string;
  onChoose(choice: Choice): void;
}

export function ChoiceList({ name, choices, value, folder, onChoose }: Props) {
  const [query, setQuery] = useState("");
  const found = choices.filter((choice) => String(choice).toLowerCase().includes(query.toLowerCase().trim()));
  const [at, setAt] = useState(Math.max(0, choices.indexOf(value as Choice)));
  const list = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  const searchable = choices.length >= SEARCHABLE;
  const active = Math.min(at, found.length - 1);

  useEffect(() => {
    (box.current ?? list.current)?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${active}"]`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -found.length, End: found.length }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      setAt(Math.min(found.length - 1, Math.max(0, active + by)));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      const choice = found[active];
      if (choice !== undefined) onChoose(choice);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the list work from its search box too
    <div className="vnb-choices" onKeyDown={onKeyDown}>
      {searchable && (
        <div className="vnb-choices-search">
          <Icon name="search" />
          <input
            ref={box}
            value={query}
            placeholder={`Search ${name}`}
            aria-label={`Search ${name}`}
            role="combobox"
            aria-expanded="true"
            aria-controls={id}
            aria-activedescendant={`${id}-${active}`}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setQuery(event.target.value);
              setAt(0);
            }}
          />
        </div>
      )}
      <div
        ref={list}
        id={id}
        className="vnb-choices-list nowheel"
        role="listbox"
        aria-label={name}
        tabIndex={searchable ? -1 : 0}
      >
        {found.map((choice, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
          <div
            key={String(choice)}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            className="vnb-choices-entry"
            aria-selected={choice === value}
            data-at={i}
            data-active={i === active || undefined}
            onPointerMove={() => i !== active && setAt(i)}
            onClick={() => onChoose(choice)}
          >
            {folder ? (
              <FileChoice folder={folder} name={String(choice)} query={query} />
            ) : (
              <Marked text={legible(String(choice), "(nothing that can be seen)")} query={query} />
            )}
            {choice === value && <Icon name="check" />}
          </div>
        ))}
        {found.length === 0 && (
          <div className="vnb-nothing">
            {choices.length === 0 ? "Nothing to choose from yet" : `No ${name} has “${query}” in it`}
          </div>
        )}
      </div>
    </div>
  );
}
