/** All commands, and what is read from them: the one a key means, the entries of a menu, the ones that a search finds. */
import type { DoEntry, MenuEntry } from "../menu_entries";
import { tidied } from "../menu_entries";
import { comboOf } from "./combos";
import type { Command, Group, Place, Scope } from "./command";
import { EDITING } from "./editing";
import { FIELDS } from "./fields";
import { LINKING } from "./linking";
import { LOOKING } from "./looking";
import { PICTURES } from "./pictures";
import { RUNNING } from "./running";
import { SHAPING } from "./shaping";

export const COMMANDS: readonly Command[] = [...RUNNING, ...PICTURES, ...SHAPING, ...FIELDS, ...LINKING, ...EDITING, ...LOOKING];

/** Parts of a menu, with a line between them. */
const SECTION: Record<Group, number> = { Run: 0, Nodes: 1, Links: 1, Frames: 1, Fields: 1, Edit: 2, Look: 3 };

const BY_KEY = new Map(COMMANDS.flatMap((command) => (command.keys ?? []).map((key) => [key, command] as const)).reverse());
/** Keys that several commands name belong to the one that acts on whatever is selected. */
for (const command of EDITING) for (const key of command.keys ?? []) BY_KEY.set(key, command);

export function commandNamed(id: string): Command {
  const command = COMMANDS.find((candidate) => candidate.id === id);
  if (!command) throw new Error(`There is no command ${id}.`);
  return command;
}

/** The command that this key means, if it means one here. */
export function commandFor(event: Parameters<typeof comboOf>[0], typing: boolean): Command | undefined {
  const command = BY_KEY.get(comboOf(event));
  return command && !command.native && (!typing || command.whileTyping) ? command : undefined;
}

export function isPossible(command: Command, scope: Scope): boolean {
  if (scope.bench.view.mode !== "graph" && !command.anywhere) return false;
  return command.possible?.(scope) ?? true;
}

/** What the command is called here and now. */
export function nameOf(command: Command, scope: Scope): string {
  return command.nameFor?.(scope) ?? command.name;
}

/** The menu of a place: what is possible there, group by group. */
export function menuOf(place: Place, scope: Scope): MenuEntry[] {
  const entries: MenuEntry[] = [];
  let last: Command | undefined;
  for (const command of COMMANDS) {
    if (!command.places?.includes(place) || !isPossible(command, scope)) continue;
    if (last && SECTION[last.group] !== SECTION[command.group]) entries.push({ kind: "line" });
    entries.push(entryOf(command, scope));
    last = command;
  }
  return tidied(entries);
}

function entryOf(command: Command, scope: Scope): MenuEntry {
  const { id, icon, keys, entries } = command;
  const name = nameOf(command, scope);
  if (entries) return { kind: "more", id, name, ...(icon ? { icon } : {}), entries: () => entries(scope) };
  const entry: DoEntry = { kind: "do", id, name, run: () => command.run?.(scope) };
  return { ...entry, ...(icon ? { icon } : {}), ...(keys?.[0] ? { keys: keys[0] } : {}) };
}

/** Does it, or opens the list that it has. */
export function perform(command: Command, scope: Scope): void {
  if (!command.entries) {
    command.run?.(scope);
    return;
  }
  const box = scope.bench.root()?.getBoundingClientRect();
  const at = scope.at ?? scope.bench.actions.selectionSpot() ?? { x: (box?.left ?? 0) + 40, y: (box?.top ?? 0) + 80 };
  scope.bench.view.update("menu", { name: nameOf(command, scope), at, entries: tidied(command.entries(scope)) });
}

/** The commands whose name has every word, for the palette. */
export function findCommands(query: string, scope: Scope): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return COMMANDS.filter((command) => {
    if (command.pointed || command.id === "add" || !isPossible(command, scope)) return false;
    const name = `${nameOf(command, scope)} ${command.group}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}
