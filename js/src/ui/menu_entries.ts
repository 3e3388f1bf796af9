/** What a menu lists: things to do, lists behind an entry, and lines between groups. Drawn by `Menu`. */
import type { Point } from "../core/curve";
import type { IconName } from "./Icon";

export interface DoEntry {
  kind: "do";
  id: string;
  name: string;
  icon?: IconName;
  /** A socket type, shown as its glyph. */
  type?: string;
  /** A colour to choose, shown as a dot; "" for none. */
  swatch?: string;
  /** Said in quiet text behind the name. */
  said?: string;
  /** The first of its keys, as "Ctrl+Shift+C". */
  keys?: string;
  checked?: boolean;
  run(): void;
}

export interface MoreEntry {
  kind: "more";
  id: string;
  name: string;
  icon?: IconName;
  entries(): MenuEntry[];
}

export type MenuEntry = DoEntry | MoreEntry | { kind: "line" } | { kind: "title"; text: string };

export interface MenuRequest {
  /** What it is a menu of, for those who cannot see. */
  name: string;
  /** Where on the page. */
  at: Point;
  entries: MenuEntry[];
}

/** The entries without lines at the ends or twice in a row. */
export function tidied(entries: MenuEntry[]): MenuEntry[] {
  return entries.filter(
    (entry, i) => entry.kind !== "line" || (i > 0 && i < entries.length - 1 && entries[i + 1]?.kind !== "line"),
  );
}

/** The entries with this text in them; all of them when it is empty. */
export function matching(entries: MenuEntry[], query: string): MenuEntry[] {
  const wanted = query.toLowerCase().trim();
  if (!wanted) return entries;
  return entries.filter(
    (entry) => "name" in entry && `${entry.name} ${"said" in entry ? (entry.said ?? "") : ""}`.toLowerCase().includes(wanted),
  );
}
