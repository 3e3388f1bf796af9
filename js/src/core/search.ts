/** Finding node classes by what someone types: every word must be found; a word's start counts more than its middle. */
import { fillsOpening, naturalness, type Opening } from "./compatibility";
import type { SpecJSON, Specs } from "./specs";

export interface Match {
  spec: SpecJSON;
  score: number;
}

/** Specs that match `query`, best first; all of them, by name, when it is empty. `opening` keeps only what can be plugged in. */
export function findSpecs(specs: Specs, query: string, opening: Opening | null): Match[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches: Match[] = [];
  for (const spec of specs.values()) {
    if (opening && !fillsOpening(spec, opening)) continue;
    const score = scoreOf(spec, words);
    if (score > 0) matches.push({ spec, score: score + (opening ? naturalness(spec, opening) : 0) });
  }
  return matches.sort((a, b) => b.score - a.score || a.spec.display_name.localeCompare(b.spec.display_name));
}

/** The names that come nearest when nothing matches. */
export function nearest(specs: Specs, query: string, count = 3): SpecJSON[] {
  const wanted = query.toLowerCase().trim();
  return [...specs.values()]
    .map((spec) => ({
      spec,
      far: Math.min(distance(wanted, spec.display_name.toLowerCase()), distance(wanted, spec.type.toLowerCase())),
    }))
    .sort((a, b) => a.far - b.far)
    .slice(0, count)
    .map(({ spec }) => spec);
}

function scoreOf(spec: SpecJSON, words: string[]): number {
  if (words.length === 0) return 1;
  const fields: [string, number][] = [
    [spec.display_name, 8],
    [spec.type.replace(/([a-z])([A-Z])/g, "$1 $2"), 6],
    [spec.type, 5],
    [spec.category.replace(/\//g, " "), 2],
    [spec.description, 1],
  ];
  let total = 0;
  for (const word of words) {
    let best = 0;
    for (const [text, weight] of fields) best = Math.max(best, weight * wordScore(text.toLowerCase(), word));
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

function wordScore(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (text === word) return 6;
  if (at === 0) return 4;
  return new RegExp(`[\\s(_/-]${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`).test(text) ? 3 : 1.5;
}

/** Edits between two words (Levenshtein). */
export function distance(a: string, b: string): number {
  const limit = 64;
  const from = a.slice(0, limit);
  const to = b.slice(0, limit);
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}

/** The entry of a list that is most like `wanted`; undefined if none is near. */
export function closest(wanted: string, entries: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(3, Math.floor(wanted.length * 0.6));
  for (const entry of entries) {
    const far = distance(wanted.toLowerCase(), entry.toLowerCase());
    if (far < least) [best, least] = [entry, far];
  }
  return best;
}

/** A list with the entries first that are most like `wanted`. */
export function nearestFirst<T>(wanted: string, entries: readonly T[]): T[] {
  const far = (entry: T) => distance(wanted.toLowerCase(), String(entry).toLowerCase());
  return entries
    .map((entry) => ({ entry, far: far(entry) }))
    .sort((a, b) => a.far - b.far)
    .map(({ entry }) => entry);
}

/** The parts of `text` that the query hit, for marking. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = new Array<boolean>(text.length).fill(false);
  const lower = text.toLowerCase();
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at >= 0) hits.fill(true, at, at + word.length);
  }
  const parts: { text: string; hit: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    const hit = hits[i] ?? false;
    const last = parts.at(-1);
    if (last && last.hit === hit) last.text += text[i];
    else parts.push({ text: text[i] as string, hit });
  }
  return parts;
}
