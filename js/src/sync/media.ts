/**
 * Pictures of nodes: live previews, drawn on a canvas frame by frame, and the finished ones as object URLs.
 *
 * Every preview is acknowledged, drawn or not: the kernel sends the next one only then, so a slow page gets fewer frames, never old ones.
 */
import type { Images, Preview } from "./messages";
import type { Topics } from "./topics";
import { type Bytes, blobOf } from "./transport";

export interface PreviewInfo {
  run: string;
  frame: number;
  width: number;
  height: number;
  step?: number;
  total?: number;
}

export interface Picture {
  url: string;
  width: number;
  height: number;
  filename?: string;
}

export interface Finished {
  run: string;
  pictures: Picture[];
  stale: boolean;
}

/** How many runs' pictures are kept for the history. */
const RUNS_KEPT = 24;

export class Media {
  private readonly previews = new Map<string, PreviewInfo>();
  private readonly frames = new Map<string, Blob>();
  private readonly canvases = new Map<string, HTMLCanvasElement>();
  private readonly finished = new Map<string, Finished>();
  /** Pictures of the newest runs, by run: the history shows them at full size. */
  private readonly byRun = new Map<string, Map<string, Picture[]>>();
  private readonly newest = new Map<string, "preview" | "images">();
  private closed = false;

  constructor(
    private readonly topics: Topics,
    private readonly ack: (node: string, frame: number) => void,
  ) {}

  preview(node: string): PreviewInfo | undefined {
    return this.previews.get(node);
  }

  images(node: string): Finished | undefined {
    return this.finished.get(node);
  }

  /** The pictures that a run made, if this view saw it and it was not long ago. */
  ofRun(run: string): readonly Picture[] {
    return [...(this.byRun.get(run)?.values() ?? [])].flat();
  }

  /** Which of the two came last. */
  last(node: string): "preview" | "images" | undefined {
    return this.newest.get(node);
  }

  /** The canvas that shows a node's previews while it is on the page. */
  attach(node: string, canvas: HTMLCanvasElement): () => void {
    this.canvases.set(node, canvas);
    const frame = this.frames.get(node);
    const info = this.previews.get(node);
    if (frame && info) void this.draw(node, frame, info);
    return () => {
      if (this.canvases.get(node) === canvas) this.canvases.delete(node);
    };
  }

  async takePreview(message: Preview, bytes: Bytes | undefined): Promise<void> {
    const { node, run, frame, width, height, step, total } = message;
    try {
      if (!bytes) return;
      const blob = blobOf(bytes, message.format);
      this.frames.set(node, blob);
      this.newest.set(node, "preview");
      const info: PreviewInfo = { run, frame, width, height, step, total };
      const another = this.previews.get(node)?.run !== run;
      this.previews.set(node, info);
      await this.draw(node, blob, info);
      this.topics.emit(`media:${node}`);
      if (another) this.topics.emit("media");
    } finally {
      if (!this.closed) this.ack(node, frame);
    }
  }

  /** Shows a file that was just brought in as a node's picture, under the name that it has there. */
  async takeFile(node: string, file: Blob, filename: string): Promise<void> {
    let bitmap: ImageBitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      return; // A format that the browser does not draw: the node shows it after its run.
    }
    const picture: Picture = { url: URL.createObjectURL(file), width: bitmap.width, height: bitmap.height, filename };
    bitmap.close();
    const before = this.finished.get(node)?.pictures ?? [];
    this.finished.set(node, { run: "", pictures: [picture], stale: false });
    this.newest.set(node, "images");
    this.release(before);
    this.topics.emit(`media:${node}`);
  }

  /** Forgets the file that a node shows when its input is another by now. */
  keepFile(node: string, filename: string): void {
    const shown = this.finished.get(node);
    if (shown?.run !== "" || shown.pictures[0]?.filename === filename) return;
    this.drop(node);
    this.topics.emit(`media:${node}`);
  }

  private async draw(node: string, blob: Blob, info: PreviewInfo): Promise<void> {
    if (!this.canvases.has(node) || this.closed) return;
    let bitmap: ImageBitmap;
    try {
      bitmap = await createImageBitmap(blob);
    } catch {
      return; // A broken frame: the next one will do.
    }
    const canvas = this.canvases.get(node);
    if (canvas && this.previews.get(node) === info) {
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
        canvas.width = bitmap.width;
        canvas.height = bitmap.height;
      }
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      canvas.dataset.frame = String(info.frame);
    }
    bitmap.close();
  }

  takeImages(message: Images, buffers: Bytes[]): void {
    const pictures: Picture[] = [];
    message.images.forEach((image, i) => {
      const bytes = buffers[i];
      if (!bytes) return;
      const url = URL.createObjectURL(blobOf(bytes, image.format));
      pictures.push({ url, width: image.width, height: image.height, filename: image.filename });
    });
    const before = this.finished.get(message.node)?.pictures ?? [];
    this.newest.set(message.node, "images");
    this.finished.set(message.node, { run: message.run, pictures, stale: message.stale ?? false });
    this.release([...before, ...this.remember(message.run, message.node, pictures)]);
    this.topics.emit(`media:${message.node}`);
    this.topics.emit("media");
  }

  /** Keeps a run's pictures; gives those that have to make room for them. */
  private remember(run: string, node: string, pictures: Picture[]): readonly Picture[] {
    const ofRun = this.byRun.get(run) ?? new Map<string, Picture[]>();
    this.byRun.set(run, ofRun);
    const gone = ofRun.get(node) ?? [];
    ofRun.set(node, pictures);
    const [oldest] = this.byRun.keys();
    if (this.byRun.size <= RUNS_KEPT || oldest === undefined) return gone;
    const old = this.ofRun(oldest);
    this.byRun.delete(oldest);
    return [...gone, ...old];
  }

  private drop(node: string): void {
    const before = this.finished.get(node)?.pictures ?? [];
    this.finished.delete(node);
    this.release(before);
  }

  /** Gives back the memory of pictures that nothing can show any more. */
  private release(pictures: readonly Picture[]): void {
    const shown = new Set([...this.finished.values()].flatMap((finished) => finished.pictures));
    const kept = new Set([...this.byRun.keys()].flatMap((run) => this.ofRun(run)));
    for (const picture of pictures) if (!shown.has(picture) && !kept.has(picture)) URL.revokeObjectURL(picture.url);
  }

  /** Forgets the pictures of nodes that are gone. */
  keepOnly(has: (node: string) => boolean): void {
    for (const node of [...this.finished.keys()]) if (!has(node)) this.drop(node);
    for (const node of [...this.previews.keys()]) {
      if (has(node)) continue;
      this.previews.delete(node);
      this.frames.delete(node);
    }
  }

  close(): void {
    this.closed = true;
    const kept = [...this.byRun.keys()].flatMap((run) => this.ofRun(run));
    this.byRun.clear();
    this.release(kept);
    for (const node of [...this.finished.keys()]) this.drop(node);
    this.canvases.clear();
    this.frames.clear();
  }
}
