/** A small workflow and the classes it is made of, for tests. */
import { type Doc, fromJSON } from "../src/core/document";
import type { NodeJSON, SpecJSON } from "../src/sync/messages";

const socket = (name: string, type: string, required = true) => ({ name, type, required, widget: false });

export const SPECS: SpecJSON[] = [
  {
    type: "Loader",
    display_name: "Load model",
    category: "loaders",
    description: "A model file",
    output_node: false,
    inputs: [{ name: "file", type: "COMBO", required: true, widget: true, choices: ["lake.safetensors", "fox.safetensors"] }],
    outputs: [
      { name: "MODEL", type: "MODEL" },
      { name: "VAE", type: "VAE" },
    ],
  },
  {
    type: "Noise",
    display_name: "Empty latent",
    category: "latent",
    description: "",
    output_node: false,
    inputs: [
      { name: "width", type: "INT", required: true, widget: true, default: 512, min: 16, max: 4096, step: 8 },
      { name: "height", type: "INT", required: true, widget: true, default: 512, min: 16, max: 4096, step: 8 },
    ],
    outputs: [{ name: "LATENT", type: "LATENT" }],
  },
  {
    type: "Sampler",
    display_name: "Sampler",
    category: "sampling",
    description: "Makes a latent out of noise",
    output_node: false,
    inputs: [
      socket("model", "MODEL"),
      socket("latent", "LATENT"),
      { name: "seed", type: "INT", required: true, widget: true, default: 0, min: 0, max: 2 ** 53, control_after_generate: true },
      { name: "steps", type: "INT", required: true, widget: true, default: 20, min: 1, max: 10000 },
      { name: "cfg", type: "FLOAT", required: true, widget: true, default: 8, min: 0, max: 100, step: 0.1, round: 0.01 },
      { name: "mode", type: "COMBO", required: true, widget: true, choices: ["euler", "heun"] },
      { name: "denoise", type: "FLOAT", required: true, widget: true, default: 1, min: 0, max: 1, step: 0.01 },
    ],
    outputs: [{ name: "LATENT", type: "LATENT" }],
  },
  {
    type: "Decode",
    display_name: "Decode",
    category: "latent",
    description: "",
    output_node: false,
    inputs: [socket("samples", "LATENT"), socket("vae", "VAE")],
    outputs: [{ name: "IMAGE", type: "IMAGE" }],
  },
  {
    type: "Save",
    display_name: "Save image",
    category: "image",
    description: "Keeps a picture",
    output_node: true,
    inputs: [socket("images", "IMAGE"), { name: "prefix", type: "STRING", required: true, widget: true, default: "out" }],
    outputs: [],
  },
];

export const specs = new Map(SPECS.map((spec) => [spec.type, spec]));

export function node(id: string, type: string, links: NodeJSON["links"] = {}, values: NodeJSON["values"] = {}): NodeJSON {
  return { id, type, values, links };
}

/** loader ─ sampler ─ decode ─ save, with noise into the sampler. */
export function chain(): Doc {
  const nodes = [
    node("1", "Loader", {}, { file: "lake.safetensors" }),
    node("2", "Noise", {}, { width: 768, height: 512 }),
    node("3", "Sampler", { model: ["1", 0], latent: ["2", 0] }, { seed: 7, steps: 20 }),
    node("4", "Decode", { samples: ["3", 0], vae: ["1", 1] }),
    node("5", "Save", { images: ["4", 0] }),
  ];
  return fromJSON({ format: "virgil_nb", version: 1, name: "test", nodes, extra: {} });
}
