import { describe, expect, it } from "vitest";
import cases from "../../../tests/widget/panel_cases.json";
import demo from "../../demo/specs.json";
import { fromJSON, type NodeJSON } from "../../src/core/document";
import { itemsOf, moved, type PanelEntry, panelOf, toggled } from "../../src/core/panel";
import { shapeOf, sizeFor } from "../../src/core/shape";
import type { DocumentJSON, PanelItemJSON, SpecJSON } from "../../src/sync/messages";

const specs = new Map((demo as unknown as SpecJSON[]).map((spec) => [spec.type, spec]));

function lake(change: Partial<Record<string, Partial<NodeJSON>>> = {}, panel: PanelItemJSON[] | null = null) {
  const nodes: NodeJSON[] = [
    { id: "1", type: "CheckpointLoaderSimple", values: {}, links: {} },
    { id: "3", type: "CLIPTextEncode", values: { text: "blurry" }, links: { clip: ["1", 1] }, title: "Negative prompt" },
    { id: "2", type: "CLIPTextEncode", values: { text: "a lake" }, links: { clip: ["1", 1] }, title: "Prompt" },
    { id: "4", type: "EmptyLatentImage", values: { width: 768, height: 768 }, links: {} },
    {
      id: "5",
      type: "KSampler",
      values: { seed: 7, steps: 20 },
      links: { model: ["1", 0], positive: ["2", 0], negative: ["3", 0], latent_image: ["4", 0] },
    },
    { id: "6", type: "VAEDecode", values: {}, links: { samples: ["5", 0], vae: ["1", 2] } },
    { id: "7", type: "SaveImage", values: {}, links: { images: ["6", 0] } },
  ];
  return fromJSON({
    format: "virgil_nb",
    version: 1,
    name: "",
    nodes: nodes.map((node) => ({ ...node, ...change[node.id] })),
    panel,
  });
}

const said = (entries: { label: string; node: NodeJSON }[]) => entries.map(({ label, node }) => `${node.id} ${label}`);

describe("the panel, here and in the kernel", () => {
  /** [node, input, label] of each; the two sides of a shape have no label of their own. */
  const inputs = (entries: PanelEntry[]) =>
    entries.flatMap(({ node, input, partner, label }) => [
      [node.id, input.name, partner ? null : label],
      ...(partner ? [[node.id, partner.name, null]] : []),
    ]);

  it.each(cases.map((each) => [each.name, each] as const))("%s", (_, { document, main, more }) => {
    const found = panelOf(specs, fromJSON(document as unknown as DocumentJSON));
    expect(inputs(found.main)).toEqual(main);
    expect(inputs(found.more)).toEqual(more);
  });
});

describe("the panel that nobody chose", () => {
  it("shows prompt, shape, steps and seed, and keeps the rest under More", () => {
    const { main, more, chosen } = panelOf(specs, lake());
    expect(said(main)).toEqual(["2 Describe a picture", "4 Shape", "5 steps", "5 seed"]);
    expect(said(more)).toEqual(["3 avoid", "5 guidance", "5 sampler", "5 scheduler", "5 change", "1 model"]);
    expect(chosen).toBe(false);
  });

  it("leaves out what is muted, and what a link feeds", () => {
    const doc = lake({ "4": { links: { width: ["1", 0] } }, "2": { mode: "muted" } });
    expect(said(panelOf(specs, doc).main)).toEqual(["5 steps", "5 seed"]);
  });

  it("puts a picture first, and says how far to change it", () => {
    const doc = lake({ "4": { type: "LoadImage", values: {} } });
    expect(said(panelOf(specs, doc).main)).toEqual(["4 Start from", "2 Describe a picture", "5 change", "5 steps", "5 seed"]);
  });

  it("names two prompts by their nodes", () => {
    const doc = lake({
      "5": { links: { positive: ["2", 0], negative: ["2", 0], latent_image: ["4", 0] } },
      "6": { links: { samples: ["5", 0], vae: ["3", 0] } },
    });
    expect(said(panelOf(specs, doc).main).slice(0, 2)).toEqual(["3 Negative prompt", "2 Prompt"]);
  });
});

describe("the panel that a document chose", () => {
  const panel = [
    { node: "5", input: "cfg", label: "obedience" },
    { node: "4", input: "width" },
    { node: "4", input: "height" },
    { node: "99", input: "gone" },
  ];

  it("shows just those, in order, under their names, and no node that is gone", () => {
    const { main, more, chosen } = panelOf(specs, lake({}, panel));
    expect(said(main)).toEqual(["5 obedience", "4 Shape"]);
    expect(more).toEqual([]);
    expect(chosen).toBe(true);
  });

  it("stays empty if it was chosen to be empty", () => {
    expect(panelOf(specs, lake({}, [])).main).toEqual([]);
  });

  it("starts from what was shown when the first star is set", () => {
    const items = toggled(itemsOf(specs, lake()), "5", "cfg");
    expect(said(panelOf(specs, lake({}, items)).main)).toEqual(["2 Describe a picture", "4 Shape", "5 steps", "5 seed", "5 cfg"]);
    expect(toggled(items, "5", "cfg")).toEqual(itemsOf(specs, lake()));
  });

  it("is put in another order", () => {
    const names = (items: PanelItemJSON[]) => items.map(({ input }) => input);
    expect(names(moved(panel, 0, 2))).toEqual(["width", "height", "cfg", "gone"]);
    expect(names(moved(panel, 2, 0))).toEqual(["height", "cfg", "width", "gone"]);
  });
});

describe("a shape", () => {
  it("keeps about as many pixels, on sizes that models take, and finds the way back", () => {
    expect(sizeFor("Portrait", { width: 768, height: 768 })).toEqual({ width: 640, height: 960 });
    for (const side of [128, 256, 512, 768, 1024]) {
      const square = { width: side, height: side };
      const landscape = sizeFor("Landscape", square);
      expect(shapeOf(landscape)).toBe("Landscape");
      expect(sizeFor("Square", landscape)).toEqual(square);
    }
  });
});
