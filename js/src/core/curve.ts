/** The shape of a link: a curve with level ends. Where it runs, how near it comes to a point, and whether a stroke cuts it. */

export interface Point {
  x: number;
  y: number;
}

export interface Ends {
  from: Point;
  to: Point;
}

/** Points that stand for a curve: enough that no gap is wider than what a hand can aim at. */
const SAMPLES = 32;

/** How far the handles of a curve reach: half the way across, 34 to 160 px. */
export function reachOf(x1: number, x2: number): number {
  return Math.min(160, Math.max(34, Math.abs(x2 - x1) / 2));
}

export function pathOf(x1: number, y1: number, x2: number, y2: number): string {
  const reach = reachOf(x1, x2);
  return `M${x1},${y1} C${x1 + reach},${y1} ${x2 - reach},${y2} ${x2},${y2}`;
}

/** The curve as a line of short pieces, from its source to its target. */
export function pointsOf({ from, to }: Ends): Point[] {
  const reach = reachOf(from.x, to.x);
  return Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const t = i / SAMPLES;
    const u = 1 - t;
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return {
      x: a * from.x + b * (from.x + reach) + c * (to.x - reach) + d * to.x,
      y: a * from.y + b * from.y + c * to.y + d * to.y,
    };
  });
}

/** Whether the stroke, a line of short pieces as well, cuts the curve. */
export function isCutBy(ends: Ends, stroke: readonly Point[]): boolean {
  const curve = pointsOf(ends);
  for (let i = 1; i < stroke.length; i++) {
    for (let j = 1; j < curve.length; j++) {
      if (cross(stroke[i - 1] as Point, stroke[i] as Point, curve[j - 1] as Point, curve[j] as Point)) return true;
    }
  }
  return false;
}

/** The least distance from a point to the curve. */
export function distanceTo(ends: Ends, point: Point): number {
  const curve = pointsOf(ends);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < curve.length; i++) least = Math.min(least, gap(point, curve[i - 1] as Point, curve[i] as Point));
  return least;
}

/** Whether the curve runs through a box. */
export function runsThrough({ from, to }: Ends, [x, y, width, height]: readonly [number, number, number, number]): boolean {
  if (Math.max(from.y, to.y) < y || Math.min(from.y, to.y) > y + height) return false; // A curve never leaves the height of its ends.
  return pointsOf({ from, to }).some((point) => point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height);
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

function gap(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((point.x - a.x) * dx + (point.y - a.y) * dy) / length));
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}
