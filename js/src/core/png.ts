/** Texts in PNG files: a workflow travels in a picture as one. */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const IHDR_END = 33;

interface Chunk {
  type: string;
  data: Uint8Array;
}

/** The names of the texts that a PNG carries; none for what is no PNG. */
export function textNames(bytes: Uint8Array): string[] {
  const names: string[] = [];
  for (const { type, data } of chunks(bytes)) {
    if (type === "IEND") break;
    if (type === "tEXt" || type === "zTXt" || type === "iTXt") names.push(latin(data.subarray(0, Math.max(0, data.indexOf(0)))));
  }
  return names;
}

/** Whether a file is a picture that carries a workflow. */
export function carriesWorkflow(bytes: Uint8Array): boolean {
  return textNames(bytes).some((name) => name === "workflow" || name === "prompt");
}

/** The same PNG with this text in it. JSON keeps its meaning: letters beyond ASCII are written as escapes. */
export function withText(png: Uint8Array, name: string, json: string): Uint8Array {
  if (!isPng(png)) return png;
  const ascii = json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const chunk = chunkOf("tEXt", new TextEncoder().encode(`${name}\0${ascii}`));
  const out = new Uint8Array(png.length + chunk.length);
  out.set(png.subarray(0, IHDR_END));
  out.set(chunk, IHDR_END);
  out.set(png.subarray(IHDR_END), IHDR_END + chunk.length);
  return out;
}

function isPng(bytes: Uint8Array): boolean {
  return bytes.length > IHDR_END && SIGNATURE.every((byte, i) => bytes[i] === byte);
}

function* chunks(bytes: Uint8Array): Generator<Chunk> {
  if (!isPng(bytes)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    yield { type: latin(bytes.subarray(at + 4, at + 8)), data: bytes.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc(out.subarray(4, 8 + data.length)));
  return out;
}

/** The checksum of PNG (CRC-32, as in ISO 3309). */
function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
