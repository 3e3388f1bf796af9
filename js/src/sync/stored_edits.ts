/**
 * Edits that no kernel confirmed, in the browser's storage: what was typed while the kernel was gone outlives the page.
 *
 * Bounded: the newest few workbenches, each up to a size. Where the browser has no storage, or it is full, nothing is kept there.
 */
import type { Op } from "../core/ops";

export interface StoredEdits {
  /** When the last of them was made, ISO 8601. */
  saved: string;
  /** The classes of the nodes that they mean, as they were before. */
  types: { [node: string]: string };
  steps: Op[][];
}

const PREFIX = "virgil_nb.edits:";
const MOST_WORKBENCHES = 20;
/** Letters that one workbench's edits may take. */
const MOST_LETTERS = 200_000;

export function storeEdits(id: string, edits: StoredEdits): void {
  const text = JSON.stringify(edits);
  if (text.length > MOST_LETTERS) return;
  try {
    localStorage.setItem(PREFIX + id, text);
    for (const old of keys().slice(MOST_WORKBENCHES)) localStorage.removeItem(old);
  } catch {
    // The browser keeps nothing here: the page itself still has them.
  }
}

export function storedEdits(id: string): StoredEdits | null {
  try {
    return read(PREFIX + id);
  } catch {
    return null;
  }
}

export function dropStoredEdits(id: string): void {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // There is no storage, so there is nothing in it.
  }
}

function read(key: string): StoredEdits | null {
  const edits: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
  const known = edits as StoredEdits | null;
  const whole = typeof known?.saved === "string" && typeof known.types === "object" && Array.isArray(known.steps);
  return whole && known.steps.every((ops) => Array.isArray(ops)) ? known : null;
}

/** The keys of all workbenches, the newest first. */
function keys(): string[] {
  const when = (key: string): string => {
    try {
      return read(key)?.saved ?? "";
    } catch {
      return "";
    }
  };
  const all = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return all.sort((a, b) => when(b).localeCompare(when(a)));
}
