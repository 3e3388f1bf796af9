/** Frames: titled boxes behind nodes. What lies wholly inside one belongs to it. */
import type { FrameJSON } from "../sync/messages";
import type { Doc } from "./document";
import { duration } from "./numbers";
import type { Size } from "./placement";

export type Rect = readonly [x: number, y: number, width: number, height: number];

/** Room between a frame's edge and the nodes that it was put around; more above, for the title. */
const MARGIN = 20;
const TITLE = 34;
export const LEAST: Size = { width: 120, height: 80 };

/** The frames of a document, the ones put there last at the end. */
export function framesOf(doc: Doc): [string, FrameJSON][] {
  return Object.entries(doc.frames);
}

export function frameOf(doc: Doc, id: string): FrameJSON | undefined {
  return Object.hasOwn(doc.frames, id) ? doc.frames[id] : undefined;
}

/** The lowest number from one more than there are frames that is no frame's id yet. */
export function freshFrameId(doc: Doc): string {
  let number = Object.keys(doc.frames).length + 1;
  while (Object.hasOwn(doc.frames, String(number))) number++;
  return String(number);
}

/** The box of a frame around these boxes. */
export function boxAround(rects: readonly Rect[]): [number, number, number, number] {
  const left = Math.min(...rects.map(([x]) => x));
  const top = Math.min(...rects.map(([, y]) => y));
  const right = Math.max(...rects.map(([x, , width]) => x + width));
  const bottom = Math.max(...rects.map(([, y, , height]) => y + height));
  const [x, y] = [Math.round(left - MARGIN), Math.round(top - TITLE)];
  return [x, y, Math.round(right + MARGIN - x), Math.round(bottom + MARGIN - y)];
}

export function isInside([x, y, width, height]: Rect, [left, top, wide, high]: Rect): boolean {
  return x >= left && y >= top && x + width <= left + wide && y + height <= top + high;
}

/** The nodes that lie wholly inside the box, in document order. */
export function nodesInside(doc: Doc, box: Rect, rectOf: (id: string) => Rect): string[] {
  return [...doc.nodes.keys()].filter((id) => isInside(rectOf(id), box));
}

/** The frames that lie wholly inside another, by id. */
export function framesInside(doc: Doc, id: string, box: Rect): string[] {
  return framesOf(doc).flatMap(([other, frame]) => (other !== id && isInside(frame.box, box) ? [other] : []));
}

export interface MemberState {
  state: string;
  value?: number;
  max?: number;
  seconds?: number;
}

/** What a frame says of its nodes, in a few words: the worst first, then what runs, then what is over. */
export function frameWords(states: readonly MemberState[]): { text: string; tone: "quiet" | "accent" | "error" } {
  const has = (state: string) => states.some((member) => member.state === state);
  if (has("error")) return { text: "stopped", tone: "error" };
  const running = states.find((member) => member.state === "running");
  if (running) return { text: running.max ? `${running.value ?? 0} of ${running.max}` : "running", tone: "accent" };
  const over = states.filter(({ state }) => state === "done" || state === "cached");
  if (has("queued") || has("waiting"))
    return { text: over.length > 0 ? `${over.length} of ${states.length}` : "waiting", tone: "quiet" };
  if (over.length === 0 || over.length < states.length) return { text: "", tone: "quiet" };
  if (!has("done")) return { text: "cached", tone: "quiet" };
  return { text: duration(over.reduce((sum, member) => sum + (member.seconds ?? 0), 0)), tone: "quiet" };
}
