/** How long runs take, in words. */
import type { HistoryItemJSON } from "../sync/messages";
import { duration } from "./numbers";

/** What a run should take by the last few that were done; null while none is known. Runs that were all cached say little. */
export function usualSeconds(past: readonly Pick<HistoryItemJSON, "state" | "seconds">[]): number | null {
  const done = past.filter(({ state }) => state === "done").slice(0, 4);
  return done.length === 0 ? null : Math.max(...done.map(({ seconds }) => seconds));
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
