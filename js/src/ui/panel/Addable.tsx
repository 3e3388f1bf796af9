/** A list of every input that is not on the panel yet, to be searched and put there. */
import { useRef, useState } from "react";
import { linkOf, type PanelItemJSON } from "../../core/document";
import { shownSpec, spoken, titleOf } from "../../core/specs";
import type { Session } from "../../sync/session";
import { useWorkbench } from "../context";
import { ChoiceList } from "../fields/ChoiceList";
import { Icon } from "../Icon";
import { Popover } from "../Popover";

export function Addable({ items, onAdd }: { items: readonly PanelItemJSON[]; onAdd(item: PanelItemJSON): void }) {
  const { session } = useWorkbench();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const others = open ? rest(session, items) : new Map<string, PanelItemJSON>();
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) anchor.current?.focus({ preventScroll: true });
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="vnb-button vnb-arrange-add"
        data-vnb-action="panel-add"
        aria-haspopup="listbox"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="add" /> Put an input here
      </button>
      {open && anchor.current && (
        <Popover anchor={anchor.current} onClose={close}>
          <ChoiceList
            name="inputs"
            choices={[...others.keys()]}
            value={null}
            onChoose={(choice) => {
              const item = others.get(String(choice));
              if (item) onAdd(item);
              close(true);
            }}
          />
        </Popover>
      )}
    </>
  );
}

/** Inputs with a field that no link feeds and that are not on the panel, under names that tell them apart. */
function rest({ doc, specs }: Session, items: readonly PanelItemJSON[]): Map<string, PanelItemJSON> {
  const taken = new Set(items.map(({ node, input }) => `${node}.${input}`));
  const found = new Map<string, PanelItemJSON>();
  for (const node of doc.nodes.values()) {
    const spec = shownSpec(specs, doc, node);
    for (const { name, widget } of spec.inputs) {
      if (!widget || linkOf(node, name) || taken.has(`${node.id}.${name}`)) continue;
      const plain = `${spoken(name)}, ${titleOf(node, spec)}`;
      found.set(found.has(plain) ? `${plain} (${node.id})` : plain, { node: node.id, input: name });
    }
  }
  return found;
}
