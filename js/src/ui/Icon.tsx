/** Icons: 16 px box, 1.5 px round strokes. Beside a word, or alone with a tooltip in the toolbar. */
import { memo } from "react";

const PATHS = {
  run: "M5 3.2v9.6l8-4.8z",
  stop: "M4 4h8v8H4z",
  add: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  undo: "M6 3 2.8 6.2 6 9.4M3 6.2h6a3.6 3.6 0 0 1 0 7.2H7",
  redo: "M10 3l3.2 3.2L10 9.4M13 6.2H7a3.6 3.6 0 0 0 0 7.2h2",
  tidy: "M2 2.8h4.6v3.4H2zM2 9.8h4.6v3.4H2zM10.4 6.3H14v3.4h-3.6zM6.6 4.5h1a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1h-1M8.6 8h1.8",
  fit: "M2.8 6V3.6a.8.8 0 0 1 .8-.8H6M10 2.8h2.4a.8.8 0 0 1 .8.8V6M13.2 10v2.4a.8.8 0 0 1-.8.8H10M6 13.2H3.6a.8.8 0 0 1-.8-.8V10",
  search: "M7 2.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8zM10.3 10.3 13.4 13.4",
  close: "M4 4l8 8M12 4l-8 8",
  down: "M4.5 6.5 8 10l3.5-3.5",
  left: "M9.5 4.5 6 8l3.5 3.5",
  right: "M6.5 4.5 10 8l-3.5 3.5",
  clock: "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4zM8 5v3.2l2 1.4",
  bolt: "M9 2 3.8 9H7.6L7 14l5.2-7H8.4z",
  warning: "M8 2.6 14 13H2zM8 6.6v3M8 11.3v.1",
  muted: "M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3 13 13 3",
  bypassed: "M2 10.5h2.5c0-3.4 1.5-5 3.7-5s3.4 1.5 3.4 3.5M9.5 7.6l2.1 2.1 2.1-2.1",
  check: "M3.2 8.4 6.4 11.6 12.8 4.8",
  copy: "M5.4 5.4h7.4v7.4H5.4zM3.2 10.4V3.2h7.2",
  duplicate: "M5.8 5.8h7.4v7.4H5.8zM2.8 10.2V2.8h7.4M9.5 7.7v3.6M7.7 9.5h3.6",
  paste: "M5.6 3.4H3.8v10h8.4v-10h-1.8M5.8 2.4h4.4v2.2H5.8z",
  scissors:
    "M4.4 9.6a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zM11.6 9.6a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zM5.3 9.8 11 2.6M10.7 9.8 5 2.6",
  bin: "M3 4.4h10M6.4 4.2V2.8h3.2v1.4M4.4 4.6l.6 8.6h6l.6-8.6",
  heal: "M2.6 8h2.8M10.6 8h2.8M8 5.2v5.6M5.8 8h4.4M3 12.6h10",
  link: "M4 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM12 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM6.2 8h3.6",
  dot: "M2 8h4M10 8h4M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  fold: "M2.8 4.2h10.4M5.4 8.4 8 11l2.6-2.6M2.8 13h10.4",
  drop: "M8 2.4c2.4 2.8 3.8 4.8 3.8 6.8a3.8 3.8 0 0 1-7.6 0c0-2 1.4-4 3.8-6.8z",
  frame: "M2.6 3.6h10.8v9.4H2.6zM2.6 6h10.8",
  help: "M6 6.2c0-2.4 4-2.4 4 0 0 1.5-2 1.6-2 3.2M8 12v.1",
  keyboard: "M1.8 4.2h12.4v7.6H1.8zM4.2 6.6v.1M6.8 6.6v.1M9.4 6.6v.1M11.8 6.6v.1M4.6 9.6h6.8",
  "align-left": "M2.8 2.6v10.8M5 4.2h7.4v2.6H5zM5 9.2h4.6v2.6H5z",
  "align-centre": "M8 2.6v1.6M8 6.8v2.4M8 11.8v1.6M4.2 4.2h7.6v2.6H4.2zM5.6 9.2h4.8v2.6H5.6z",
  "align-right": "M13.2 2.6v10.8M3.6 4.2H11v2.6H3.6zM6.4 9.2H11v2.6H6.4z",
  "align-top": "M2.6 2.8h10.8M4.2 5v7.4h2.6V5zM9.2 5v4.6h2.6V5z",
  "align-middle": "M2.6 8h1.6M6.8 8h2.4M11.8 8h1.6M4.2 4.2v7.6h2.6V4.2zM9.2 5.6v4.8h2.6V5.6z",
  "align-bottom": "M2.6 13.2h10.8M4.2 3.6V11h2.6V3.6zM9.2 6.4V11h2.6V6.4z",
  "spread-across": "M2.6 2.8v10.4M13.4 2.8v10.4M6.4 5h3.2v6H6.4z",
  "spread-down": "M2.8 2.6h10.4M2.8 13.4h10.4M5 6.4h6v3.2H5z",
  // What nodes are about.
  box: "M8 2 13.4 5v6L8 14 2.6 11V5zM2.8 5.1 8 8l5.2-2.9M8 8v6",
  text: "M3 4.6V3h10v1.6M8 3v10M6 13h4",
  wave: "M1.6 8.4c1-4.4 2.2-4.4 3.2 0s2.2 4.4 3.2 0 2.2-4.4 3.2 0 1.8 3.6 3.2 0",
  grid: "M2.8 2.8h10.4v10.4H2.8zM2.8 6.3h10.4M2.8 9.7h10.4M6.3 2.8v10.4M9.7 2.8v10.4",
  decode: "M2 4.6h3.4M2 8h3.4M2 11.4h3.4M5.4 8h2.2M8.4 3.2h5.2v9.6H8.4z",
  encode: "M14 4.6h-3.4M14 8h-3.4M14 11.4h-3.4M10.6 8H8.4M2.4 3.2h5.2v9.6H2.4z",
  image: "M2.4 3.2h11.2v9.6H2.4zM2.4 11l3.4-3.2 2.6 2.4 2-1.8 3.2 2.8M10.4 6.1v.1",
  mask: "M2.4 3.2h11.2v9.6H2.4zM8 3.2a4.8 4.8 0 0 1 0 9.6",
  grow: "M9.2 2.8h4v4M13 3 8.6 7.4M2.8 7.4h5.8v5.8H2.8z",
  brush: "M13 2.8 7 8.8M6.6 8.2c1.6 0 2.4 1.4 1.6 2.8-.8 1.6-3 2.2-5.4 1.8 1-.8 1-1.8 1.2-2.8.3-1.1 1.2-1.8 2.6-1.8z",
  control: "M3 3v10M8 3v10M13 3v10M1.6 6h2.8M6.6 10h2.8M11.6 5h2.8",
  noise: "M3 3v.1M6.4 4.6v.1M10 3v.1M13 4.8v.1M4.4 8v.1M8 8v.1M11.6 8v.1M3 11.2v.1M6.4 12.8v.1M10 11.4v.1M13 13v.1",
  number: "M6.4 2.6 5 13.4M11 2.6 9.6 13.4M3 6h10.4M2.6 10H13",
  node: "M2.6 4.4h10.8v7.2H2.6zM2.6 7h10.8",
  unknown:
    "M6.3 6.6c0-2.2 3.4-2.2 3.4 0 0 1.3-1.7 1.4-1.7 2.6M8 11.1v.1M5 2.9a6 6 0 0 1 2-.8M9.4 2.1a6 6 0 0 1 2.2 1M13 4.7a6 6 0 0 1 .9 2.2M13.9 9.3a6 6 0 0 1-1 2.1M11.4 12.9a6 6 0 0 1-2.2 1M6.8 13.9a6 6 0 0 1-2.1-.9M3 11.3a6 6 0 0 1-.9-2.2M2.1 6.8a6 6 0 0 1 .9-2.1",
  // Views, drawers, files.
  panel:
    "M2 5h3.2M8.8 5H14M2 11h5.2M10.8 11H14M7 3.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zM9 9.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  graph: "M1.8 3.4h4.6v3.4H1.8zM9.6 9.2h4.6v3.4H9.6zM6.4 5.1h.8c1.6 0 .8 5.8 2.4 5.8",
  more: "M3.2 7.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8zM8 7.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8zM12.8 7.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8z",
  save: "M2.8 2.8h8l2.4 2.4v8H2.8zM5.2 2.8v3.4h4.6V2.8M5 13.2V9.4h6v3.8",
  open: "M8 13V3.4M4 7.2l4-4 4 4",
  pencil: "M3 13l.6-2.8 7-7a1.4 1.4 0 0 1 2 2l-7 7zM9.4 4.4l2.2 2.2",
  up: "M4.5 9.5 8 6l3.5 3.5",
  star: "M8 2.4l1.7 3.6 3.9.5-2.9 2.7.8 3.9L8 11.2l-3.5 1.9.8-3.9L2.4 6.5l3.9-.5z",
  log: "M3 4h.1M6 4h7M3 8h.1M6 8h7M3 12h.1M6 12h5",
  code: "M5.6 4.4 2 8l3.6 3.6M10.4 4.4 14 8l-3.6 3.6",
} as const;

export type IconName = keyof typeof PATHS | "dice";

const FULL: ReadonlySet<string> = new Set(["run", "bolt", "more"]);

export const Icon = memo(function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="vnb-icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      data-full={FULL.has(name) || undefined}
    >
      {name === "dice" ? <Dice /> : <path d={PATHS[name]} />}
    </svg>
  );
});

function Dice() {
  return (
    <>
      <rect x={2.6} y={2.6} width={10.8} height={10.8} rx={2} />
      <path d="M5.6 5.6v.1M10.4 5.6v.1M8 8v.1M5.6 10.4v.1M10.4 10.4v.1" />
    </>
  );
}

const BY_TYPE: Record<string, IconName> = {
  LoadImage: "image",
  SaveImage: "image",
  PreviewImage: "image",
  VAEDecode: "decode",
  VAEDecodeTiled: "decode",
  VAEEncode: "encode",
  VAEEncodeForInpaint: "brush",
  SetLatentNoiseMask: "mask",
};

const BY_CATEGORY: [RegExp, IconName][] = [
  [/load|checkpoint|models?\b/i, "box"],
  [/upscal|resize|transform/i, "grow"],
  [/sampl|sigma|schedul/i, "wave"],
  [/mask|inpaint/i, "mask"],
  [/control/i, "control"],
  [/condition|text|prompt/i, "text"],
  [/noise/i, "noise"],
  [/latent/i, "grid"],
  [/image|filter|photo/i, "image"],
  [/math|number|util/i, "number"],
];

/** The icon of a node class: by its name where it is well known, else by its category. */
export function iconOf(type: string, category: string): IconName {
  if (Object.hasOwn(BY_TYPE, type)) return BY_TYPE[type] as IconName;
  if (/^KSampler/.test(type)) return "wave";
  if (/TextEncode/.test(type)) return "text";
  const upscale = /Upscale|Scale/.test(type) ? "upscale" : "";
  const text = `${upscale} ${category}`;
  return BY_CATEGORY.find(([pattern]) => pattern.test(text))?.[1] ?? "node";
}
