import { describe, expect, it } from "vitest";
import demo from "../../demo/specs.json";
import { fromJSON, type NodeJSON } from "../../src/core/document";
import { errorMendings } from "../../src/core/error_mending";
import { apply, type Op } from "../../src/core/ops";
import { shownSpec } from "../../src/core/specs";
import type { SpecJSON } from "../../src/sync/messages";

const specs = new Map((demo as unknown as SpecJSON[]).map((spec) => [spec.type, spec]));
const error = (title: string, message = "") => ({ title, message, traceback: [] });

function doc(...nodes: NodeJSON[]) {
  return fromJSON({ format: "virgil_nb", version: 1, name: "", nodes });
}

const node = (id: string, type: string, links: NodeJSON["links"] = {}, values: NodeJSON["values"] = {}): NodeJSON => ({
  id,
  type,
  values,
  links,
});

function mended(graph: ReturnType<typeof doc>, id: string, said: ReturnType<typeof error>) {
  const at = graph.nodes.get(id) as NodeJSON;
  const [first] = errorMendings(specs, graph, at, shownSpec(specs, graph, at), said);
  return first && { label: first.label, doc: first.ops.reduce((now: typeof graph, op: Op) => apply(now, op), graph) };
}

describe("the first button of an error card", () => {
  it("decodes in tiles where memory ran out, with every link kept", () => {
    const graph = doc(
      node("1", "CheckpointLoaderSimple"),
      node("5", "KSampler"),
      node("6", "VAEDecode", { samples: ["5", 0], vae: ["1", 2] }),
      node("7", "SaveImage", { images: ["6", 0] }),
    );
    const after = mended(graph, "6", error("Not enough GPU memory"));
    expect(after?.label).toBe("Decode in tiles");
    expect(after?.doc.nodes.get("6")).toMatchObject({ type: "VAEDecodeTiled", links: { samples: ["5", 0], vae: ["1", 2] } });
    expect(after?.doc.nodes.get("7")?.links).toEqual({ images: ["6", 0] });
    expect([...(after?.doc.nodes.keys() ?? [])]).toEqual(["1", "5", "6", "7"]);
  });

  it("makes one picture at a time where many were asked for", () => {
    const graph = doc(node("4", "EmptyLatentImage", {}, { batch_size: 8 }), node("5", "KSampler", { latent_image: ["4", 0] }));
    const after = mended(graph, "5", error("Not enough GPU memory"));
    expect(after?.doc.nodes.get("4")?.values.batch_size).toBe(1);
  });

  it("takes the nearest file name where one is missing", () => {
    const graph = doc(node("4", "LoadImage", {}, { image: "foxx.png" }));
    const after = mended(graph, "4", error("File not found", "foxx.png is not in the input folder."));
    expect(after?.label).toBe("Use fox.png");
    expect(after?.doc.nodes.get("4")?.values.image).toBe("fox.png");
  });

  it("takes the CLIP of the model's checkpoint where text and model don't match", () => {
    const graph = doc(
      node("1", "CheckpointLoaderSimple", {}, { ckpt_name: "dreamlake_xl.safetensors" }),
      node("9", "CheckpointLoaderSimple", {}, { ckpt_name: "other.safetensors" }),
      node("2", "CLIPTextEncode", { clip: ["9", 1] }),
      node("5", "KSampler", { model: ["1", 0], positive: ["2", 0] }),
    );
    const after = mended(graph, "5", error("Text and model don't match"));
    expect(after?.label).toBe("Use CLIP of dreamlake_xl.safetensors");
    expect(after?.doc.nodes.get("2")?.links.clip).toEqual(["1", 1]);
  });

  it("is not there where only a person can know", () => {
    expect(mended(doc(node("4", "LoadImage")), "4", error("The node's code failed"))).toBeUndefined();
    expect(mended(doc(node("6", "PreviewImage")), "6", error("Not enough memory"))).toBeUndefined();
  });
});
