/** Runs that are over, newest first, with their thumbnails as object URLs. */
import type { Doc } from "../core/document";
import type { History, HistoryItemJSON } from "./messages";
import { type Bytes, blobOf } from "./transport";

export interface PastRun extends HistoryItemJSON {
  thumbnails: string[];
  /** The document at the time when the kernel said that this run's document is the present one. */
  currentAt?: Doc;
}

export class RunHistory {
  items: readonly PastRun[] = [];
  /** Whether there are older ones that were not asked for yet. */
  more = false;
  private wanted: "newest" | "older" | null = null;
  private began = false;

  constructor(private readonly ask: (before: string | undefined) => void) {}

  /** Asks for the newest runs, the first time that something wants to show them. */
  begin(): void {
    if (!this.began) this.refresh();
  }

  /** The kernel told everything anew, and may be another: what is shown is asked for again. */
  reconnect(): void {
    if (this.began) this.refresh();
  }

  /** Asks for the newest runs anew. */
  refresh(): void {
    this.began = true;
    this.wanted = "newest";
    this.ask(undefined);
  }

  /** Asks for runs before the oldest one that is known. */
  older(): void {
    const last = this.items.at(-1);
    if (!last || !this.more || this.wanted) return;
    this.wanted = "older";
    this.ask(last.run);
  }

  take(message: History, buffers: Bytes[], doc: Doc): void {
    let at = 0;
    const came = message.items.map((item): PastRun => {
      const own = buffers.slice(at, at + item.pictures);
      at += item.pictures;
      const thumbnails = own.map((bytes) => URL.createObjectURL(blobOf(bytes, "webp")));
      return { ...item, thumbnails, ...(item.current ? { currentAt: doc } : {}) };
    });
    const runs = new Set(came.map(({ run }) => run));
    const others = this.items.filter(({ run }) => !runs.has(run));
    if (message.view === "*") {
      const current = came.some((item) => item.current);
      this.replace([...came, ...(current ? others.map(past) : others)]);
      return;
    }
    const older = this.wanted === "older";
    this.wanted = null;
    this.more = message.more;
    this.replace(older ? [...others, ...came] : came);
  }

  private replace(items: PastRun[]): void {
    const kept = new Set(items.flatMap(({ thumbnails }) => thumbnails));
    for (const { thumbnails } of this.items) for (const url of thumbnails) if (!kept.has(url)) URL.revokeObjectURL(url);
    this.items = items;
  }

  close(): void {
    this.replace([]);
  }
}

function past({ current: _, currentAt: __, ...item }: PastRun): PastRun {
  return item;
}
