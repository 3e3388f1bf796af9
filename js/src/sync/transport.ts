/** The line to the kernel: anywidget's model, reduced to what the editor uses of it. */
import { MAX_MESSAGE_BYTES, type ToBrowser, type ToKernel } from "./messages";

export type Bytes = DataView | ArrayBuffer | Uint8Array;
type Handler = (content: unknown, buffers?: Bytes[]) => void;

/** What anywidget hands to `render`. */
export interface Model {
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(event: string, handler: Handler): void;
  off(event: string, handler: Handler): void;
}

export interface Transport {
  send(message: ToKernel): void;
  /** Calls `receive` for each message until the returned function is called. */
  listen(receive: (message: ToBrowser, buffers: Bytes[]) => void): () => void;
  /** Calls `heard` when the line to the kernel broke, or was made anew, until the returned function is called. */
  onBreak?(heard: () => void): () => void;
}

/** What a model of ipywidgets tells when its comm was closed or opened. */
const LINE = "comm_live_update";

export function transportOf(model: Model): Transport {
  return {
    send: (message) => model.send(message),
    listen(receive) {
      const handler: Handler = (content, buffers) => {
        if (typeof content === "object" && content !== null && "kind" in content) receive(content as ToBrowser, buffers ?? []);
      };
      model.on("msg:custom", handler);
      return () => model.off("msg:custom", handler);
    },
    onBreak(heard) {
      model.on(LINE, heard);
      return () => model.off(LINE, heard);
    },
  };
}

/** What the line adds to a message, at most, in bytes. */
const ENVELOPE = 65_536;

/** Why a message can't be sent, null if it can. A larger one would not be refused: it would break the line. */
export function tooLarge(message: ToKernel): string | null {
  if (message.kind === "upload") return null; // in pieces
  const text = JSON.stringify(message);
  const limit = MAX_MESSAGE_BYTES - ENVELOPE;
  const size = text.length * 3 > limit ? new TextEncoder().encode(text).length : 0;
  return size > limit
    ? `This has ${Math.ceil(size / 1e6)} MB, and ${Math.floor(limit / 1e6)} MB at once can go to the kernel. Nothing was changed.`
    : null;
}

/** The bytes of a buffer as a Blob of this picture format. */
export function blobOf(bytes: Bytes, format: string): Blob {
  const part = bytes instanceof ArrayBuffer ? bytes : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return new Blob([part as ArrayBuffer], { type: `image/${format}` });
}
