/** A picture's shape as one of three words, and the size that each of them means here. */

export const SHAPES = ["Square", "Portrait", "Landscape"] as const;
export type Shape = (typeof SHAPES)[number];

export interface Size {
  width: number;
  height: number;
}

export function shapeOf({ width, height }: Size): Shape {
  return width === height ? "Square" : width < height ? "Portrait" : "Landscape";
}

/** The size of a shape with as many pixels as the present size, about: 768 × 768 becomes 640 × 960. */
export function sizeFor(shape: Shape, now: Size): Size {
  const side = Math.sqrt(Math.max(1, now.width * now.height));
  const grid = side >= 500 ? 64 : 32;
  const whole = (length: number) => Math.max(grid, Math.round(length / grid) * grid);
  if (shape === "Square") return { width: whole(side), height: whole(side) };
  const [short, long] = [whole(side * Math.sqrt(2 / 3)), whole(side * Math.sqrt(3 / 2))];
  return shape === "Portrait" ? { width: short, height: long } : { width: long, height: short };
}
