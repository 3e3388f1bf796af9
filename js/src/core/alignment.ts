/** Nodes put in line with each other, or at even distances. */
import type { Rect } from "./frames";
import type { Places } from "./placement";

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "across" | "down";

/** New places for these nodes. "across" and "down" make the gaps between them the same; the outermost ones stay. */
export function aligned(ids: readonly string[], rectOf: (id: string) => Rect, how: Alignment): Places {
  if (how === "across" || how === "down") return spread(ids, rectOf, how === "across" ? 0 : 1);
  const rects = ids.map((id) => [id, rectOf(id)] as const);
  const least = (axis: 0 | 1) => Math.min(...rects.map(([, rect]) => rect[axis]));
  const most = (axis: 0 | 1) => Math.max(...rects.map(([, rect]) => rect[axis] + (rect[axis + 2] as number)));
  const places: Places = {};
  for (const [id, [x, y, width, height]] of rects) {
    const [left, top, right, bottom] = [least(0), least(1), most(0), most(1)];
    const place: Record<Exclude<Alignment, "across" | "down">, [number, number]> = {
      left: [left, y],
      centre: [(left + right - width) / 2, y],
      right: [right - width, y],
      top: [x, top],
      middle: [x, (top + bottom - height) / 2],
      bottom: [x, bottom - height],
    };
    places[id] = [Math.round(place[how][0]), Math.round(place[how][1])];
  }
  return places;
}

function spread(ids: readonly string[], rectOf: (id: string) => Rect, axis: 0 | 1): Places {
  const size = (id: string) => rectOf(id)[axis + 2] as number;
  const sorted = [...ids].sort((a, b) => rectOf(a)[axis] - rectOf(b)[axis]);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || sorted.length < 3) return {};
  const room = rectOf(last)[axis] + size(last) - rectOf(first)[axis] - sorted.reduce((sum, id) => sum + size(id), 0);
  const places: Places = {};
  let at = rectOf(first)[axis];
  for (const id of sorted) {
    const [x, y] = rectOf(id);
    places[id] = axis === 0 ? [Math.round(at), y] : [x, Math.round(at)];
    at += size(id) + room / (sorted.length - 1);
  }
  return places;
}
