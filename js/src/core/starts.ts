/** Small graphs to begin with, offered where every class that they need is there. */
import type { NodeJSON } from "./document";
import type { Op } from "./ops";
import { type Specs, shownValue } from "./specs";

export interface Start {
  name: string;
  says: string;
  /** Which drawing stands for it. */
  art: "made" | "changed" | "repainted";
  ops(): Op[];
}

type Sketch = Record<
  string,
  { type: string; title?: string; values?: NodeJSON["values"]; links?: NodeJSON["links"]; at: [number, number] }
>;

const LOADER = { type: "CheckpointLoaderSimple", at: [0, 0] as [number, number] };
const prompt = (text: string, y: number, title: string) => ({
  type: "CLIPTextEncode",
  title,
  values: { text },
  links: { clip: ["1", 1] as [string, number] },
  at: [300, y] as [number, number],
});

const TEXT_TO_IMAGE: Sketch = {
  1: LOADER,
  2: prompt("a red fox on a blue background", 64, "Prompt"),
  3: prompt("", 232, "Negative prompt"),
  4: { type: "EmptyLatentImage", values: { width: 128, height: 128 }, at: [300, 400] },
  5: {
    type: "KSampler",
    links: { model: ["1", 0], positive: ["2", 0], negative: ["3", 0], latent_image: ["4", 0] },
    at: [640, 0],
  },
  6: { type: "VAEDecode", links: { samples: ["5", 0], vae: ["1", 2] }, at: [940, 0] },
  7: { type: "SaveImage", links: { images: ["6", 0] }, at: [1190, 0] },
};

const IMAGE_TO_IMAGE: Sketch = {
  ...TEXT_TO_IMAGE,
  4: { type: "LoadImage", at: [0, 220] },
  8: { type: "VAEEncode", links: { pixels: ["4", 0], vae: ["1", 2] }, at: [300, 400] },
  5: {
    type: "KSampler",
    values: { denoise: 0.6 },
    links: { model: ["1", 0], positive: ["2", 0], negative: ["3", 0], latent_image: ["8", 0] },
    at: [640, 0],
  },
};

const REPAINT: Sketch = {
  ...IMAGE_TO_IMAGE,
  9: { type: "SetLatentNoiseMask", links: { samples: ["8", 0], mask: ["4", 1] }, at: [300, 500] },
  5: {
    type: "KSampler",
    links: { model: ["1", 0], positive: ["2", 0], negative: ["3", 0], latent_image: ["9", 0] },
    at: [640, 0],
  },
};

/** The starts that this set of node classes can make. */
export function starts(specs: Specs): Start[] {
  return [
    { name: "Text to image", says: "Write, press Run", art: "made" as const, graph: TEXT_TO_IMAGE },
    { name: "Image to image", says: "Change a picture you have", art: "changed" as const, graph: IMAGE_TO_IMAGE },
    { name: "Repaint a part", says: "Fills what is see-through", art: "repainted" as const, graph: REPAINT },
  ].flatMap(({ graph, ...start }) => {
    const known = Object.values(graph).every(({ type }) => specs.has(type));
    return known ? [{ ...start, ops: () => Object.entries(graph).map(([id, sketch]) => added(specs, id, sketch)) }] : [];
  });
}

function added(specs: Specs, id: string, { type, title, values, links, at }: Sketch[string]): Op {
  const bare: NodeJSON = { id, type, values: {}, links: {} };
  const all: NodeJSON["values"] = {};
  for (const input of specs.get(type)?.inputs ?? []) if (input.widget) all[input.name] = shownValue(input, bare);
  return {
    op: "add",
    node: { ...bare, ...(title ? { title } : {}), values: { ...all, ...values }, links: links ?? {}, position: at },
  };
}
