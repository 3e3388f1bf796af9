/** One thing to do in the search: its icon, name and key. */
import { marked } from "../core/search";
import { shortcut, spelled } from "./commands/combos";
import type { Command } from "./commands/command";
import { Icon } from "./Icon";

interface Props {
  id: string;
  at: number;
  command: Command;
  name: string;
  query: string;
  active: boolean;
  onPoint(at: number): void;
  onChoose(command: Command): void;
}

export function PaletteCommand({ id, at, command, name, query, active, onPoint, onChoose }: Props) {
  const key = command.keys?.[0];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search box takes the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      aria-keyshortcuts={key && shortcut(key)}
      className="vnb-entry vnb-entry-command"
      data-at={at}
      data-vnb-command={command.id}
      data-active={active || undefined}
      onPointerMove={() => !active && onPoint(at)}
      onClick={() => onChoose(command)}
    >
      {command.icon ? <Icon name={command.icon} /> : <span className="vnb-menu-sign" />}
      <span className="vnb-entry-text vnb-clip">
        {marked(name, query).map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
          <span key={i} className={part.hit ? "vnb-hit" : undefined}>
            {part.text}
          </span>
        ))}
      </span>
      {key && <kbd>{spelled(key)}</kbd>}
    </div>
  );
}
