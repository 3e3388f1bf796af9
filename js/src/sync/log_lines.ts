/** What nodes printed and said, as far back as the page keeps it. */
import type { Log, LogLineJSON } from "./messages";

/** More lines than this push the oldest out. */
export const KEPT = 2000;

export class LogLines {
  lines: readonly LogLineJSON[] = [];
  /** Lines that were left out because there were too many, here or in the kernel. */
  dropped = 0;

  begin(lines: readonly LogLineJSON[]): void {
    this.lines = lines.slice(-KEPT);
    this.dropped = 0;
  }

  take(message: Log): void {
    const all = [...this.lines, ...message.lines];
    this.dropped += (message.dropped ?? 0) + Math.max(0, all.length - KEPT);
    this.lines = all.slice(-KEPT);
  }

  clear(): void {
    this.lines = [];
    this.dropped = 0;
  }
}
