/** The colours that a node or a frame can be given. They tint, at a tenth of their strength, so they suit light and dark alike. */
export const COLOURS: readonly (readonly [name: string, colour: string])[] = [
  ["red", "#d64545"],
  ["orange", "#e07b1f"],
  ["yellow", "#c9a400"],
  ["green", "#3d9a50"],
  ["teal", "#1f9a94"],
  ["blue", "#2f7fd6"],
  ["violet", "#8a5fd6"],
  ["pink", "#cf4f9c"],
];

/** The colour if it is one: documents come from anywhere, and a style takes no other text. */
export function safeColour(colour: string | null | undefined): string | undefined {
  return colour && /^#[0-9a-f]{6}$/i.test(colour) ? colour : undefined;
}
