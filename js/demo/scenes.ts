/** Documents and states to look at; `?scene=` in the page's address picks one. */
import type { DocumentJSON, NodeJSON, NodeStateJSON } from "../src/sync/messages";
import type { Scene } from "./fake_kernel";

function node(id: string, type: string, position: [number, number], more: Partial<NodeJSON> = {}): NodeJSON {
  return { id, type, position, values: {}, links: {}, ...more };
}

const PROMPT = "a small sailboat on a mountain lake at dusk, misty ridges, (quiet water:1.2)";

function lake(): NodeJSON[] {
  return [
    node("1", "CheckpointLoaderSimple", [0, 0], { values: { ckpt_name: "dreamlake_xl.safetensors" } }),
    node("2", "CLIPTextEncode", [300, 72], { values: { text: PROMPT }, links: { clip: ["1", 1] } }),
    node("3", "CLIPTextEncode", [300, 264], {
      title: "Negative prompt",
      values: { text: "blurry, crowded, text" },
      links: { clip: ["1", 1] },
    }),
    node("4", "EmptyLatentImage", [300, 424], { title: "Empty latent", values: { width: 768, height: 768, batch_size: 1 } }),
    node("5", "KSampler", [610, 0], {
      values: { seed: 182736, steps: 20, cfg: 6.5, sampler_name: "dpmpp_2m", scheduler: "karras", denoise: 1 },
      links: { model: ["1", 0], positive: ["2", 0], negative: ["3", 0], latent_image: ["4", 0] },
    }),
    node("6", "VAEDecode", [920, 0], { title: "Decode", links: { samples: ["5", 0], vae: ["1", 2] } }),
    node("7", "SaveImage", [1170, 0], {
      title: "Save picture",
      values: { filename_prefix: "lake" },
      links: { images: ["6", 0] },
    }),
  ];
}

const document = (nodes: NodeJSON[], name = "Lake at dusk") => ({
  format: "virgil_nb" as const,
  version: 1,
  name,
  nodes,
  extra: {},
});

const DONE: { [id: string]: NodeStateJSON } = {
  "1": { state: "cached" },
  "2": { state: "done", seconds: 0.3 },
  "3": { state: "cached" },
  "4": { state: "done", seconds: 0.02 },
};

const OUT_OF_MEMORY = {
  title: "Not enough GPU memory",
  message: "Decoding 768 × 768 at once needs 6.1 GB; 4.3 GB are free. In tiles it needs 2.0 GB and takes about 2 s longer.",
  traceback: [
    '  File "virgil_nb/nodes/latents.py", line 41, in vae_decode\n    return vae.decode(samples["samples"])',
    '  File "virgil_nb/diffusion/networks/vae.py", line 212, in decode\n    h = self.mid(h)',
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 6.10 GiB",
  ],
};

function states(): Scene {
  const kinds: [string, Partial<NodeJSON>, NodeStateJSON?][] = [
    ["Idle", {}],
    ["Running", {}, { state: "running", value: 12, max: 20 }],
    ["Running, no length", {}, { state: "running" }],
    ["Cached", {}, { state: "cached" }],
    ["Done", {}, { state: "done", seconds: 5.7 }],
    ["Error", {}, { state: "error", error: OUT_OF_MEMORY }],
    ["Muted", { mode: "muted" }],
    ["Bypassed", { mode: "bypassed" }],
    ["Missing", { type: "FaceDetailer" }],
    ["Waiting", {}, { state: "waiting" }],
    ["Needs an input", { links: {} }],
    ["A title that is far too long for its node", {}, { state: "done", seconds: 5.7 }],
    [
      "Noted",
      {},
      {
        state: "done",
        seconds: 0.1,
        notes: [{ level: "warning", text: "128 × 128 is what this model was made for; 768 × 768 will look repeated." }],
      },
    ],
    [
      "<img src=x onerror=alert(1)>",
      {},
      { state: "error", error: { title: "<b>bold?</b>", message: "<script>alert(1)</script>", traceback: ["<i>no</i>"] } },
    ],
  ];
  const nodes = [node("0", "EmptyLatentImage", [-300, 0], { values: { width: 120, height: 64 } })];
  const given: { [id: string]: NodeStateJSON } = {};
  kinds.forEach(([title, more, state], i) => {
    const id = String(i + 1);
    nodes.push(
      node(id, "LatentUpscaleBy", [(i % 4) * 300, Math.floor(i / 4) * 250], { title, links: { samples: ["0", 0] }, ...more }),
    );
    if (state) given[id] = state;
  });
  return { document: document(nodes, "States"), nodes: given, run: { id: "r1", state: "running", total: 12, finished: 4 } };
}

/** The lake with frames around its parts, the VAE led round by reroutes, a folded and two tinted nodes. */
function framed(): Scene {
  const nodes = lake();
  nodes.push(node("8", "Reroute", [480, -70], { links: { "": ["1", 2] } }));
  nodes.push(node("9", "Reroute", [860, -70], { links: { "": ["8", 0] } }));
  const decode = nodes[5] as NodeJSON;
  decode.links = { samples: ["5", 0], vae: ["9", 0] };
  (nodes[3] as NodeJSON).folded = true;
  (nodes[1] as NodeJSON).colour = "#3d9a50";
  (nodes[2] as NodeJSON).colour = "#d64545";
  const frames: DocumentJSON["frames"] = {
    "1": { title: "Text", box: [280, 38, 276, 370], colour: "#2f7fd6" },
    "2": { title: "Out", box: [900, -34, 560, 400] },
  };
  return {
    document: { ...document(nodes), frames },
    nodes: { ...DONE, "5": { state: "running", value: 7, max: 20 }, "6": { state: "queued" }, "7": { state: "queued" } },
    run: { id: "r1", state: "running", total: 7, finished: 4 },
  };
}

function large(count: number): Scene {
  const nodes: NodeJSON[] = [];
  const columns = Math.ceil(Math.sqrt(count));
  for (let i = 0; i < count; i++) {
    const links: NodeJSON["links"] = i === 0 ? {} : { samples: [String(i), 0] };
    nodes.push(node(String(i + 1), "LatentUpscaleBy", [(i % columns) * 290, Math.floor(i / columns) * 220], { links }));
  }
  return { document: document(nodes, `${count} nodes`) };
}

export function sceneOf(name: string): Scene {
  switch (name) {
    case "running":
      return {
        document: document(lake()),
        nodes: { ...DONE, "5": { state: "running", value: 12, max: 20 }, "6": { state: "queued" }, "7": { state: "queued" } },
        run: { id: "r1", state: "running", total: 7, finished: 4 },
        previews: { "5": 12 },
        pictures: { "7": 0 },
      };
    case "error": {
      const nodes = lake();
      nodes.push(
        node("8", "SaveLatent", [920, 330], {
          title: "Save latent",
          mode: "muted",
          links: { samples: ["5", 0] },
          values: { filename_prefix: "lake" },
        }),
      );
      return {
        document: document(nodes),
        nodes: {
          ...DONE,
          "5": { state: "done", seconds: 5.7 },
          "6": { state: "error", error: OUT_OF_MEMORY },
          "7": { state: "waiting" },
        },
        run: { id: "r1", state: "failed" },
        previews: { "5": 20 },
        fails: { type: "VAEDecode", error: OUT_OF_MEMORY },
      };
    }
    case "problems": {
      const nodes = lake();
      const sampler = nodes[4] as NodeJSON;
      sampler.values = { ...sampler.values, steps: 0 };
      sampler.links = { model: ["1", 0], positive: ["2", 0] };
      (nodes[0] as NodeJSON).values = { ckpt_name: "lake.safetensors" };
      return { document: document(nodes) };
    }
    case "unplaced":
      return { document: document(lake().map(({ position: _, ...rest }) => rest)) };
    case "states":
      return states();
    case "empty":
      return { document: document([], "") };
    case "broken":
      // A value that no field expects: what a bug in drawing looks like.
      return { document: document([node("1", "KSampler", [0, 0], { title: { toString: null } as unknown as string })]) };
    case "batch":
      return {
        document: document(lake()),
        nodes: {
          ...DONE,
          "5": { state: "done", seconds: 5.7 },
          "6": { state: "done", seconds: 0.4 },
          "7": { state: "done", seconds: 0.1 },
        },
        run: { id: "r1", state: "done", seconds: 6.4 },
        previews: { "5": 20 },
        pictures: { "7": 0 },
        batch: 4,
      };
    case "past":
      return { document: document(lake()), past: 30, pictures: { "7": 0 }, run: { id: "r0", state: "done", seconds: 5.7 } };
    case "restorable": {
      const restorable = { edits: 12, saved: new Date(Date.now() - 5_000_000).toISOString() };
      return {
        document: document(lake()),
        keeping: {
          state: "kept",
          text: "The code of this cell gives another workflow now; what you had edited before is kept.",
          restorable,
        },
      };
    }
    case "copy": {
      const text = "Another kernel holds this workbench. Edits made here are kept as a copy of their own.";
      return { document: document(lake()), keeping: { state: "copy", text } };
    }
    case "picture": {
      const nodes = lake();
      nodes[3] = node("4", "LoadImage", [0, 220], { values: { image: "lake.png" } });
      nodes.push(node("8", "VAEEncode", [300, 424], { links: { pixels: ["4", 0], vae: ["1", 2] } }));
      (nodes[4] as NodeJSON).links = { model: ["1", 0], positive: ["2", 0], negative: ["3", 0], latent_image: ["8", 0] };
      return { document: document(nodes) };
    }
    case "framed":
      return framed();
    case "hundred":
      return large(100);
    case "thousand":
      return large(1000);
    default:
      return { document: document(lake()) };
  }
}
