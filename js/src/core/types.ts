/** Type to colour and glyph. Family is the shape, member is the fill: no glyph needs its colour to be told. */
import { members } from "./compatibility";

export type Shape = "square" | "circle" | "diamond" | "hexagon" | "triangle" | "pill" | "ring";
export type Fill = "full" | "open" | "left" | "right" | "dot" | "dotted";

export interface TypeLook {
  light: string;
  dark: string;
  shape: Shape;
  fill: Fill;
}

const GREY = { light: "#68707c", dark: "#a3adba" };

const KNOWN: Record<string, TypeLook> = {
  MODEL: { light: "#6b4fd0", dark: "#ac9bff", shape: "square", fill: "full" },
  CLIP: { light: "#b07a00", dark: "#f2c94c", shape: "square", fill: "open" },
  VAE: { light: "#c4243f", dark: "#ff7b87", shape: "square", fill: "left" },
  CONTROL_NET: { light: "#00796f", dark: "#4fd6c3", shape: "hexagon", fill: "full" },
  CONDITIONING: { light: "#d85a00", dark: "#ff9f50", shape: "diamond", fill: "full" },
  LATENT: { light: "#c02fa0", dark: "#ff8be0", shape: "circle", fill: "full" },
  IMAGE: { light: "#1a73d9", dark: "#64b0ff", shape: "circle", fill: "dot" },
  MASK: { light: "#2e8b3d", dark: "#7dd87f", shape: "circle", fill: "left" },
  SIGMAS: { light: "#0b7fa3", dark: "#57cdf0", shape: "triangle", fill: "full" },
  NOISE: { light: "#7a6a5f", dark: "#c3b3a5", shape: "triangle", fill: "open" },
  INT: { ...GREY, shape: "ring", fill: "open" },
  FLOAT: { ...GREY, shape: "ring", fill: "open" },
  STRING: { ...GREY, shape: "pill", fill: "open" },
  BOOLEAN: { ...GREY, shape: "pill", fill: "right" },
  COMBO: { ...GREY, shape: "diamond", fill: "open" },
  "*": { ...GREY, shape: "circle", fill: "dotted" },
};

/** How a type is drawn. A pack's own type is an open hexagon with a hue from its name. */
export function lookOf(type: string): TypeLook {
  const first = members(type)[0] ?? "*";
  if (Object.hasOwn(KNOWN, first)) return KNOWN[first] as TypeLook;
  const hue = hueOf(first);
  return { light: `hsl(${hue} 62% 38%)`, dark: `hsl(${hue} 78% 72%)`, shape: "hexagon", fill: "open" };
}

/** A hue in degrees that a name always gets again (FNV-1a). */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash % 360;
}
