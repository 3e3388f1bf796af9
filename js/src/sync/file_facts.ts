/** What the files are that fields let people choose among: asked of the kernel when something shows them, remembered until it is another. */
import type { FileJSON, Files } from "./messages";
import { type Bytes, blobOf } from "./transport";

export interface FileFact extends FileJSON {
  /** The object URL of its thumbnail. */
  url?: string;
}

/** Names in one message. */
const MOST = 24;

export class FileFacts {
  private readonly facts = new Map<string, FileFact>();
  private readonly asked = new Set<string>();
  private readonly waiting = new Map<string, ((picture: Blob) => void)[]>();

  constructor(private readonly ask: (folder: string, names: string[], large: boolean) => void) {}

  /** What is known of a file. */
  get(folder: string, name: string): FileFact | undefined {
    return this.facts.get(key(folder, name));
  }

  /** Has these files told; each is asked for once. */
  want(folder: string, names: readonly string[]): void {
    const fresh = names.filter((name) => !this.asked.has(key(folder, name)));
    for (const name of fresh) this.asked.add(key(folder, name));
    for (let at = 0; at < fresh.length; at += MOST) this.ask(folder, fresh.slice(at, at + MOST), false);
  }

  /** Calls `show` with the picture that a file is, if it is one. */
  wantPicture(folder: string, name: string, show: (picture: Blob) => void): void {
    const id = key(folder, name);
    const others = this.waiting.get(id) ?? [];
    this.waiting.set(id, [...others, show]);
    if (others.length === 0) this.ask(folder, [name], true);
  }

  take({ folder, items, large }: Files, buffers: Bytes[]): void {
    let at = 0;
    for (const item of items) {
      const bytes = item.width === undefined ? undefined : buffers[at++];
      const blob = bytes && blobOf(bytes, "webp");
      const id = key(folder, item.name);
      if (large) {
        for (const show of this.waiting.get(id) ?? []) if (blob) show(blob);
        this.waiting.delete(id);
        continue;
      }
      this.drop(id);
      this.facts.set(id, { ...item, ...(blob ? { url: URL.createObjectURL(blob) } : {}) });
    }
  }

  /** Files may be others now: they are asked for again when they are seen next. */
  forget(): void {
    this.asked.clear();
  }

  private drop(id: string): void {
    const url = this.facts.get(id)?.url;
    if (url) URL.revokeObjectURL(url);
    this.facts.delete(id);
  }

  close(): void {
    for (const id of [...this.facts.keys()]) this.drop(id);
    this.waiting.clear();
  }
}

function key(folder: string, name: string): string {
  return `${folder}/${name}`;
}
