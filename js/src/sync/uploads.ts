/** Files on their way to the kernel, piece by piece: the next piece goes when the one before has arrived. */
import type { Upload, Uploaded } from "./messages";

/** Bytes of a piece; in base64 they stay well under what one message may weigh. */
export const PIECE = 512 * 1024;
/** After this long without an answer to a piece the upload ends, in ms. A kernel that runs another cell answers late. */
const PATIENCE = 60_000;

interface Going {
  file: Blob;
  name: string;
  use: "input" | "workflow";
  onProgress(share: number): void;
  resolve(name: string): void;
  reject(error: Error): void;
  timer?: ReturnType<typeof setTimeout>;
}

export class Uploads {
  private readonly going = new Map<string, Going>();
  private count = 0;

  constructor(
    private readonly view: string,
    private readonly send: (message: Upload) => void,
  ) {}

  /** Sends a file. `finished` gives the name that an input is set to, or rejects with a sentence that says why there is none. */
  start(
    file: Blob,
    name: string,
    use: "input" | "workflow",
    onProgress: (share: number) => void,
  ): { id: string; finished: Promise<string> } {
    const id = `${this.view}.${++this.count}`;
    const finished = new Promise<string>((resolve, reject) => {
      this.going.set(id, { file, name, use, onProgress, resolve, reject });
    });
    void this.sendPiece(id, 0);
    return { id, finished };
  }

  take(message: Uploaded): void {
    const upload = this.going.get(message.upload);
    if (!upload || message.view !== this.view) return;
    if (message.error !== undefined) {
      this.end(message.upload, new Error(message.error));
      return;
    }
    upload.onProgress(upload.file.size === 0 ? 1 : message.received / upload.file.size);
    if (message.name !== undefined) {
      this.going.delete(message.upload);
      clearTimeout(upload.timer);
      upload.resolve(message.name);
    } else if (message.received < upload.file.size) {
      void this.sendPiece(message.upload, message.received);
    }
  }

  private async sendPiece(id: string, offset: number): Promise<void> {
    const upload = this.going.get(id);
    if (!upload) return;
    const { file, name, use } = upload;
    let data: string;
    try {
      data = base64(new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer()));
    } catch {
      return this.end(id, new Error(`${name} can't be read any more. Choose it once more.`));
    }
    if (!this.going.has(id)) return;
    clearTimeout(upload.timer);
    upload.timer = setTimeout(() => this.end(id, new Error(`The kernel did not answer. ${name} was not taken.`)), PATIENCE);
    this.send({ kind: "upload", view: this.view, upload: id, name, size: file.size, offset, data, use });
  }

  private end(id: string, error: Error): void {
    const upload = this.going.get(id);
    this.going.delete(id);
    clearTimeout(upload?.timer);
    upload?.reject(error);
  }

  close(): void {
    for (const id of [...this.going.keys()]) this.end(id, new Error("The editor was closed."));
  }
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
