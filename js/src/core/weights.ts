/** Prompt weights: finding `(words:1.2)` in a text, and changing the weight at the caret. */

export interface Span {
  text: string;
  weighted: boolean;
}

const WEIGHT = /\(([^():]*(?:\\.[^():]*)*):(\s*-?\d*\.?\d+\s*)\)/g;

/** The text in pieces, those with a weight marked. Joined they are the text again. */
export function weightSpans(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(WEIGHT)) {
    if (match.index > at) spans.push({ text: text.slice(at, match.index), weighted: false });
    spans.push({ text: match[0], weighted: true });
    at = match.index + match[0].length;
  }
  if (at < text.length || spans.length === 0) spans.push({ text: text.slice(at), weighted: false });
  return spans;
}

export interface Reweighted {
  text: string;
  start: number;
  end: number;
}

/** The text with the weight at the selection changed by `by`; the word at the caret if nothing is selected. Null if there is none. */
export function changeWeight(text: string, from: number, to: number, by: number): Reweighted | null {
  for (const match of text.matchAll(WEIGHT)) {
    const end = match.index + match[0].length;
    if (from >= match.index && to <= end) {
      const weight = Math.round((Number(match[2]) + by) * 100) / 100;
      const words = match[1] as string;
      const next = weight === 1 ? words : `(${words}:${weight})`;
      return { text: text.slice(0, match.index) + next + text.slice(end), start: match.index, end: match.index + next.length };
    }
  }
  let [start, end] = [from, to];
  if (start === end) {
    while (start > 0 && /[\p{L}\p{N}'-]/u.test(text[start - 1] as string)) start--;
    while (end < text.length && /[\p{L}\p{N}'-]/u.test(text[end] as string)) end++;
  }
  if (start === end) return null;
  const next = `(${text.slice(start, end)}:${Math.round((1 + by) * 100) / 100})`;
  return { text: text.slice(0, start) + next + text.slice(end), start, end: start + next.length };
}
