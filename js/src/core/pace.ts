/** How long runs take, in words. */
import type { HistoryItemJSON } from "../sync/messages";
import { duration } from "./numbers";

/** A run that was shorter was all cached, in seconds. */
const CACHED = 0.5;
const FAR = 2.5;

/**
 * What a run should take by the last few that were done; null while none is known. Runs that were all cached say little, and so does
 * one that took far longer than the others: it loaded the model.
 */
export function usualSeconds(past: readonly Pick<HistoryItemJSON, "state" | "seconds">[]): number | null {
  const done = past.filter(({ state }) => state === "done").slice(0, 4);
  const [longest, next] = done.map(({ seconds }) => seconds).sort((a, b) => b - a);
  if (longest === undefined) return null;
  return next !== undefined && next > CACHED && longest > FAR * next ? next : longest;
}

/** "about 6 s". */
export function about(seconds: number): string {
  if (seconds < 1) return "about 1 s";
  return seconds < 99.5 ? `about ${Math.round(seconds)} s` : `about ${Math.round(seconds / 60)} min`;
}

/** "2.3 s left". */
export function timeLeft(seconds: number): string {
  return `${duration(seconds)} left`;
}

/** "2 more in line"; nothing where nothing waits. */
export function queuedWords(queued: number | undefined): string {
  return queued ? `${queued} more in line` : "";
}

/** When a run was: "14:03" today, "22 Nov, 14:03" before. */
export function whenWords(iso: string, now: Date = new Date(), locale?: string): string {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return "";
  const time = when.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  if (when.toDateString() === now.toDateString()) return time;
  const day = when.toLocaleDateString(locale, { day: "numeric", month: "short" });
  return `${day}, ${time}`;
}
