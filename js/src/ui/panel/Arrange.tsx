/** The panel's inputs as a list to put in order, to name, and to take off. */
import { useState } from "react";
import { itemsOf, moved, panelOf } from "../../core/panel";
import { shownSpec, spoken, titleOf } from "../../core/specs";
import type { PanelItemJSON } from "../../sync/messages";
import { useSession, useWorkbench } from "../context";
import { Icon } from "../Icon";
import { RenameBox } from "../RenameBox";
import { Addable } from "./Addable";

export function Arrange({ onDone }: { onDone(): void }) {
  const { session } = useWorkbench();
  const doc = useSession("doc", (s) => s.doc);
  const specs = useSession("specs", (s) => s.specs);
  const items = itemsOf(specs, doc);
  const put = (next: PanelItemJSON[] | null) => session.edit([{ op: "panel", items: next }]);
  const rename = (at: number, text: string) =>
    put(items.map((item, i) => (i === at ? { node: item.node, input: item.input, ...(text ? { label: text } : {}) } : item)));
  return (
    <div className="vnb-arrange" data-vnb-arrange="">
      <div className="vnb-arrange-head">
        <b>On the panel</b>
        <button type="button" className="vnb-button" data-vnb-action="arranged" onClick={onDone}>
          Done
        </button>
      </div>
      <ul>
        {items.map((item, i) => (
          <Row
            key={`${item.node}.${item.input}`}
            item={item}
            first={i === 0}
            last={i === items.length - 1}
            onMove={(by) => put(moved(items, i, i + by))}
            onRename={(text) => rename(i, text)}
            onRemove={() => put(items.filter((_, j) => j !== i))}
          />
        ))}
      </ul>
      <Addable items={items} onAdd={(item) => put([...items, item])} />
      {panelOf(specs, doc).chosen && (
        <button type="button" className="vnb-link-button" data-vnb-action="panel-reset" onClick={() => put(null)}>
          Let the editor choose
        </button>
      )}
    </div>
  );
}

interface RowProps {
  item: PanelItemJSON;
  first: boolean;
  last: boolean;
  onMove(by: number): void;
  onRename(text: string): void;
  onRemove(): void;
}

function Row({ item, first, last, onMove, onRename, onRemove }: RowProps) {
  const { session } = useWorkbench();
  const [naming, setNaming] = useState(false);
  const node = session.doc.nodes.get(item.node);
  if (!node) return null;
  const name = item.label || spoken(item.input);
  const where = titleOf(node, shownSpec(session.specs, session.doc, node));
  return (
    <li className="vnb-arrange-row" data-vnb-item={`${item.node}.${item.input}`}>
      {naming ? (
        <RenameBox
          className="vnb-arrange-name"
          label={`Name of ${name} on the panel`}
          value={name}
          onDone={(text) => {
            setNaming(false);
            if (text !== null && text !== name) onRename(text === spoken(item.input) ? "" : text);
          }}
        />
      ) : (
        <button type="button" className="vnb-arrange-name" title="Rename" onClick={() => setNaming(true)}>
          <span className="vnb-clip">{name}</span>
          <span className="vnb-quiet vnb-clip">{where}</span>
        </button>
      )}
      <Small icon="up" label={`Move ${name} up`} off={first} onClick={() => onMove(-1)} />
      <Small icon="down" label={`Move ${name} down`} off={last} onClick={() => onMove(1)} />
      <Small icon="close" label={`Take ${name} off the panel`} onClick={onRemove} />
    </li>
  );
}

function Small({
  icon,
  label,
  off = false,
  onClick,
}: {
  icon: "up" | "down" | "close";
  label: string;
  off?: boolean;
  onClick(): void;
}) {
  return (
    <button
      type="button"
      className="vnb-mini"
      aria-label={label}
      title={label}
      aria-disabled={off}
      onClick={off ? undefined : onClick}
    >
      <Icon name={icon} size={14} />
    </button>
  );
}
