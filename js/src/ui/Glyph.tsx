/** The sign of a socket's type, drawn in a 12 px box: its shape is the family, its fill the member. */
import { type CSSProperties, memo } from "react";
import { type Fill, lookOf, type Shape } from "../core/types";

const OUTLINES: Record<Exclude<Shape, "circle" | "ring" | "pill">, string> = {
  square: "M2.2 1.5h7.6a.7.7 0 0 1 .7.7v7.6a.7.7 0 0 1-.7.7H2.2a.7.7 0 0 1-.7-.7V2.2a.7.7 0 0 1 .7-.7z",
  diamond: "M6 .6 11.4 6 6 11.4.6 6z",
  hexagon: "M6 .7 10.7 3.35v5.3L6 11.3 1.3 8.65v-5.3z",
  triangle: "M1.8 1.2 11 6 1.8 10.8z",
};

/** Colour of a type in the current theme, as two custom properties that the stylesheet chooses between. */
export function typeColours(type: string): CSSProperties {
  const { light, dark } = lookOf(type);
  return { "--vnb-type-light": light, "--vnb-type-dark": dark } as CSSProperties;
}

export const Glyph = memo(function Glyph({
  type,
  list = false,
  small = false,
}: {
  type: string;
  list?: boolean;
  small?: boolean;
}) {
  const { shape, fill } = lookOf(type);
  const scale = small ? "translate(1.8 1.8) scale(.7)" : undefined;
  return (
    <svg className="vnb-glyph" width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" style={typeColours(type)}>
      {list && (
        <g transform="translate(3 0)" opacity={0.55}>
          <Mark shape={shape} fill={fill} />
        </g>
      )}
      <g transform={scale}>
        <Mark shape={shape} fill={fill} />
      </g>
    </svg>
  );
});

function Mark({ shape, fill }: { shape: Shape; fill: Fill }) {
  if (shape === "ring") return <circle className="vnb-glyph-open" cx={6} cy={6} r={3.6} strokeWidth={1.6} />;
  if (shape === "pill") return <Pill half={fill === "right"} />;
  if (shape === "circle") return <Disc fill={fill} />;
  const outline = OUTLINES[shape];
  if (fill === "full") return <path className="vnb-glyph-full" d={outline} />;
  return (
    <>
      <path className="vnb-glyph-open" d={shrunk(shape)} strokeWidth={shape === "square" ? 2 : 1.6} />
      {fill === "left" && <path className="vnb-glyph-full" d="M2 2h4v8H2z" />}
    </>
  );
}

/** Open shapes are drawn a little inside, so that their stroke ends where a full one's edge is. */
function shrunk(shape: keyof typeof OUTLINES): string {
  if (shape === "square") return "M2.3 2.3h7.4v7.4H2.3z";
  if (shape === "diamond") return "M6 1.6 10.4 6 6 10.4 1.6 6z";
  if (shape === "triangle") return "M2.4 2.2 9.6 6 2.4 9.8z";
  return "M6 1.5 10 3.75v4.5L6 10.5 2 8.25v-4.5z";
}

function Pill({ half }: { half: boolean }) {
  return (
    <>
      <rect className="vnb-glyph-open" x={0.8} y={3.3} width={10.4} height={5.4} rx={2.7} strokeWidth={1.6} />
      {half && <path className="vnb-glyph-full" d="M6 3h2.6a3 3 0 0 1 0 6H6z" />}
    </>
  );
}

function Disc({ fill }: { fill: Fill }) {
  if (fill === "full") return <circle className="vnb-glyph-full" cx={6} cy={6} r={5.2} />;
  if (fill === "dotted")
    return <circle className="vnb-glyph-open" cx={6} cy={6} r={4.6} strokeWidth={1.6} strokeDasharray="1.6 2" />;
  return (
    <>
      <circle className="vnb-glyph-open" cx={6} cy={6} r={4.4} strokeWidth={1.6} />
      {fill === "dot" && <circle className="vnb-glyph-full" cx={6} cy={6} r={2} />}
      {fill === "left" && <path className="vnb-glyph-full" d="M6 1.6a4.4 4.4 0 0 0 0 8.8z" />}
    </>
  );
}
