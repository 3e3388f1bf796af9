/**
 * How large a node is before it was ever painted, and where its sockets are.
 *
 * React Flow needs both for nodes that it does not mount. The numbers are those of the stylesheet; once a node is painted, what the
 * page measures wins.
 */
import type { NodeJSON } from "./document";
import { isReroute, REROUTE_BOX } from "./reroute";
import type { Rows } from "./rows";
import { fieldKind, pictureKind, type ShownSpec, shownValue, titleOf } from "./specs";

export const HEADER = 34;
export const SOCKET_ROW = 24;
export const FIELD = 28;
export const GAP = 4;
export const INSET = 8;
export const CAPTION = 22;
export const LINE = 16;
export const MIN_WIDTH = 160;
export const WIDTH = 236;

export interface HandlePlace {
  id: string;
  kind: "source" | "target";
  x: number;
  y: number;
}

/** Width of a node that nobody has resized: 236, more for a long title or a result, less when it has no fields. */
export function widthOf(spec: ShownSpec, node: NodeJSON): number {
  if (node.size) return Math.max(MIN_WIDTH, node.size[0]);
  const title = titleOf(node, spec).length * 7.3 + 24 + 20 + 62;
  const picture = pictureKind(spec);
  const hasFields = spec.inputs.some((input) => input.widget);
  const base = picture === "result" ? 264 : hasFields ? WIDTH : MIN_WIDTH + 16;
  return Math.round(Math.min(280, Math.max(base, title)) / 4) * 4;
}

/** Height of the place for a picture, kept from the first layout on. `aspect` is width by height of what will come. */
export function pictureHeight(width: number, kind: "result" | "preview", aspect: number): number {
  const inner = width - 2 * INSET;
  const most = kind === "result" ? 272 : 176;
  return Math.round(Math.min(most, Math.max(96, inner / aspect)));
}

/** Lines that a text takes in a field of this width, 1 to 6. An estimate: only for nodes not yet on the page. */
export function textLines(text: string, width: number): number {
  const perLine = Math.max(8, Math.floor((width - 2 * INSET - 16) / 6.1));
  let lines = 0;
  for (const part of text.split("\n")) lines += Math.max(1, Math.ceil(part.length / perLine));
  return Math.min(6, Math.max(2, lines));
}

/** Size and sockets of a node with these rows. */
export function boxOf(
  spec: ShownSpec,
  node: NodeJSON,
  rows: Rows,
  aspect: number,
): { width: number; height: number; handles: HandlePlace[] } {
  if (isReroute(node)) return rerouteBox();
  const width = widthOf(spec, node);
  if (node.folded) return foldedBox(spec, width);
  const handles: HandlePlace[] = [];
  let y = HEADER;
  for (const { input, output, slot } of rows.sockets) {
    if (input) handles.push({ id: `in:${input.name}`, kind: "target", x: 0, y: y + SOCKET_ROW / 2 });
    if (output) handles.push({ id: `out:${slot}`, kind: "source", x: width, y: y + SOCKET_ROW / 2 });
    y += SOCKET_ROW;
  }
  y += rows.sockets.length > 0 ? GAP : 0;
  for (const row of rows.fields) {
    const first = row[0];
    const kind = first ? fieldKind(first, shownValue(first, node)) : "line";
    const height = kind === "text" && first ? textLines(String(shownValue(first, node)), width) * LINE + 12 : FIELD;
    row.forEach((input, i) => {
      handles.push({ id: `in:${input.name}`, kind: "target", x: i === 0 ? 0 : width / 2, y: y + 14 });
    });
    y += height + GAP;
  }
  for (const input of rows.folded) {
    if (!rows.fields.some((row) => row.includes(input)))
      handles.push({ id: `in:${input.name}`, kind: "target", x: 0, y: y + 10 });
  }
  if (rows.foldable) y += SOCKET_ROW;
  const picture = pictureKind(spec);
  if (picture) y += pictureHeight(width, picture, aspect) + CAPTION + GAP;
  return { width, height: y + GAP + 4, handles };
}

/** A reroute: a dot in the middle of a small box, where its link comes in and goes out. */
function rerouteBox(): { width: number; height: number; handles: HandlePlace[] } {
  const middle = REROUTE_BOX / 2;
  const handles: HandlePlace[] = [
    { id: "in:", kind: "target", x: middle, y: middle },
    { id: "out:0", kind: "source", x: middle, y: middle },
  ];
  return { width: REROUTE_BOX, height: REROUTE_BOX, handles };
}

/** A folded node: its header, with all links at the middle of its sides. */
function foldedBox(spec: ShownSpec, width: number): { width: number; height: number; handles: HandlePlace[] } {
  const inputs = spec.inputs.map(({ name }): HandlePlace => ({ id: `in:${name}`, kind: "target", x: 0, y: HEADER / 2 }));
  const outputs = spec.outputs.map((_, slot): HandlePlace => ({ id: `out:${slot}`, kind: "source", x: width, y: HEADER / 2 }));
  return { width, height: HEADER, handles: [...inputs, ...outputs] };
}
