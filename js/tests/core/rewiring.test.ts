import { describe, expect, it } from "vitest";
import { aligned } from "../../src/core/alignment";
import { bridges, bridging, reachable } from "../../src/core/bridging";
import { distanceTo, isCutBy, pointsOf, runsThrough } from "../../src/core/curve";
import { type Doc, linkOf } from "../../src/core/document";
import { boxAround, frameWords, nodesInside, type Rect } from "../../src/core/frames";
import { findNodes } from "../../src/core/graph_search";
import { apply, type Op } from "../../src/core/ops";
import { pythonOfInput, pythonOfNode } from "../../src/core/python_name";
import { rerouting } from "../../src/core/reroute";
import { goesBetween, healed, insertion, plugsOf } from "../../src/core/rewiring";
import { outputType, type SpecJSON } from "../../src/core/specs";
import { chain, node, specs } from "../sample";

const edited = (doc: Doc, ops: Op[]) => ops.reduce(apply, doc);
const link = (doc: Doc, id: string, input: string) => {
  const own = doc.nodes.get(id);
  return own && linkOf(own, input);
};

describe("a node that goes out of a chain", () => {
  // 2 noise ─▶ 3 sampler ─▶ 6 second sampler ─▶ 4 decode
  const two = () =>
    edited(chain(), [
      { op: "add", node: node("6", "Sampler", { model: ["1", 0], latent: ["3", 0] }) },
      { op: "link", id: "4", input: "samples", source: ["6", 0] },
    ]);

  it("joins what fed it to what it fed", () => {
    const doc = edited(two(), healed(specs, two(), new Set(["6"])));
    expect(link(doc, "4", "samples")).toEqual(["3", 0]);
    expect(doc.nodes.has("6")).toBe(false);
  });

  it("two in a row are joined across", () => {
    const doc = edited(two(), healed(specs, two(), new Set(["3", "6"])));
    expect(link(doc, "4", "samples")).toEqual(["2", 0]);
  });

  it("nothing is joined where no type fits", () => {
    const doc = edited(chain(), healed(specs, chain(), new Set(["4"])));
    expect(link(doc, "5", "images")).toBeUndefined();
  });
});

describe("a node put into a link", () => {
  const plug = { source: "2", slot: 0, target: "3", input: "latent" };
  const free = () => apply(chain(), { op: "add", node: node("6", "Sampler") });

  it("takes what comes and gives it on", () => {
    const doc = edited(free(), insertion(specs, free(), plug, "6") ?? []);
    expect(link(doc, "6", "latent")).toEqual(["2", 0]);
    expect(link(doc, "3", "latent")).toEqual(["6", 0]);
  });

  it("not if it gives to others already, nor if its type is another, nor into its own link", () => {
    expect(insertion(specs, chain(), plug, "4")).toBeNull();
    const save = apply(chain(), { op: "add", node: node("6", "Save") });
    expect(insertion(specs, save, plug, "6")).toBeNull();
    expect(insertion(specs, chain(), plug, "3")).toBeNull();
  });

  it("the search lists only what goes between", () => {
    expect(goesBetween(specs.get("Sampler") as SpecJSON, "LATENT", "LATENT")).toBe(true);
    expect(goesBetween(specs.get("Decode") as SpecJSON, "LATENT", "LATENT")).toBe(false);
    expect(goesBetween(specs.get("Decode") as SpecJSON, "LATENT", "IMAGE")).toBe(true);
  });
});

describe("reroutes", () => {
  it("lie in the link and have its type", () => {
    const { id, ops } = rerouting(chain(), { source: "1", slot: 1, target: "4", input: "vae" }, 400, 80);
    const doc = edited(chain(), ops);
    expect(link(doc, "4", "vae")).toEqual([id, 0]);
    expect(outputType(specs, doc, id, 0)).toBe("VAE");
    expect(doc.nodes.get(id)?.position).toEqual([390, 70]);
  });

  it("a row of them keeps the type, a loose one has none, a ring ends", () => {
    let doc = edited(chain(), rerouting(chain(), { source: "1", slot: 1, target: "4", input: "vae" }, 0, 0).ops);
    doc = edited(doc, rerouting(doc, { source: "6", slot: 0, target: "4", input: "vae" }, 0, 0).ops);
    expect(outputType(specs, doc, "7", 0)).toBe("VAE");
    expect(outputType(specs, apply(doc, { op: "unlink", id: "6", input: "" }), "7", 0)).toBe("*");
    expect(outputType(specs, apply(doc, { op: "link", id: "6", input: "", source: ["7", 0] }), "7", 0)).toBe("*");
  });

  it("heal like any node", () => {
    const doc = edited(chain(), rerouting(chain(), { source: "1", slot: 1, target: "4", input: "vae" }, 0, 0).ops);
    expect(link(edited(doc, healed(specs, doc, new Set(["6"]))), "4", "vae")).toEqual(["1", 1]);
  });
});

describe("a node in between", () => {
  it("is found where one takes the one type and gives the other", () => {
    expect(bridges(specs, "LATENT", "IMAGE").map(({ via }) => via.type)).toEqual(["Decode"]);
    expect(bridges(specs, "IMAGE", "LATENT")).toEqual([]);
    expect(bridges(specs, "LATENT", "LATENT")).toEqual([]);
    expect(bridges(specs, "*", "IMAGE")).toEqual([]);
  });
  it("makes more of the search reachable, and only what does not fit by itself", () => {
    const found = (query: string) => reachable(specs, query, { type: "LATENT", wants: "input" }, 3).map(({ spec }) => spec.type);
    expect(found("save")).toEqual(["Save"]);
    expect(found("decode")).toEqual([]);
    expect(found("")).toEqual([]);
  });
  it("is plugged in on both sides, and into what else it needs", () => {
    const [bridge] = bridges(specs, "LATENT", "IMAGE");
    if (!bridge) throw new Error("no bridge");
    const doc = apply(chain(), { op: "add", node: node("6", "Save") });
    const { id, ops } = bridging(specs, doc, bridge, ["3", 0], { node: "6", input: "images" }, [0, 0]);
    const next = edited(doc, ops);
    expect(next.nodes.get(id)?.links).toEqual({ samples: ["3", 0], vae: ["1", 1] });
    expect(link(next, "6", "images")).toEqual([id, 0]);
  });
});

describe("where a link runs", () => {
  const ends = { from: { x: 0, y: 0 }, to: { x: 200, y: 100 } };
  it("from end to end", () => {
    expect(pointsOf(ends)[0]).toEqual(ends.from);
    expect(pointsOf(ends).at(-1)).toEqual(ends.to);
  });
  it("a stroke across cuts it, one beside it does not", () => {
    expect(
      isCutBy(ends, [
        { x: 100, y: -50 },
        { x: 100, y: 150 },
      ]),
    ).toBe(true);
    expect(
      isCutBy(ends, [
        { x: 0, y: 60 },
        { x: 60, y: 160 },
      ]),
    ).toBe(false);
    expect(isCutBy(ends, [{ x: 100, y: 50 }])).toBe(false);
  });
  it("its distance is that of its nearest piece", () => {
    expect(distanceTo(ends, { x: 100, y: 50 })).toBeLessThan(1);
    expect(distanceTo(ends, { x: -30, y: 0 })).toBeCloseTo(30, 5);
  });
  it("runs through a box that lies on it, not through one beside it", () => {
    expect(runsThrough(ends, [80, 30, 60, 40])).toBe(true);
    expect(runsThrough(ends, [80, 120, 60, 40])).toBe(false);
    expect(runsThrough(ends, [10, 60, 40, 40])).toBe(false);
  });
  it("every link of the document is found once", () => expect(plugsOf(chain())).toHaveLength(5));
});

describe("frames", () => {
  const rects: Record<string, Rect> = {
    "1": [0, 0, 100, 50],
    "2": [200, 20, 100, 80],
    "3": [500, 0, 10, 10],
    "4": [0, 0, 0, 0],
    "5": [0, 0, 0, 0],
  };
  const rectOf = (id: string) => rects[id] as Rect;
  it("hold what they were put around", () => {
    const box = boxAround([rectOf("1"), rectOf("2")]);
    expect(nodesInside(chain(), box, rectOf)).toEqual(["1", "2", "4", "5"]);
  });
  it("what sticks out is not inside", () => expect(nodesInside(chain(), [-10, -10, 250, 200], rectOf)).not.toContain("2"));
  it("say the worst of their nodes first", () => {
    expect(frameWords([{ state: "done", seconds: 2 }, { state: "error" }]).text).toBe("stopped");
    expect(
      frameWords([
        { state: "done", seconds: 2 },
        { state: "running", value: 7, max: 20 },
      ]).text,
    ).toBe("7 of 20");
    expect(frameWords([{ state: "cached" }, { state: "cached" }]).text).toBe("cached");
    expect(frameWords([{ state: "cached" }, { state: "done", seconds: 5.7 }]).text).toBe("5.7 s");
    expect(frameWords([{ state: "cached" }, { state: "queued" }]).text).toBe("1 of 2");
    expect(frameWords([{ state: "idle" }]).text).toBe("");
    expect(frameWords([]).text).toBe("");
  });
});

describe("alignment", () => {
  const rects: Record<string, Rect> = { a: [0, 0, 100, 20], b: [50, 100, 40, 40], c: [300, 30, 100, 60] };
  const rectOf = (id: string) => rects[id] as Rect;
  const ids = ["a", "b", "c"];
  it("puts edges and middles in line", () => {
    expect(aligned(ids, rectOf, "left")).toEqual({ a: [0, 0], b: [0, 100], c: [0, 30] });
    expect(aligned(ids, rectOf, "right")).toEqual({ a: [300, 0], b: [360, 100], c: [300, 30] });
    expect(aligned(ids, rectOf, "middle")).toEqual({ a: [0, 60], b: [50, 50], c: [300, 40] });
  });
  it("makes gaps even and leaves the outermost where they are", () => {
    expect(aligned(ids, rectOf, "across")).toEqual({ a: [0, 0], b: [180, 100], c: [300, 30] });
    expect(aligned(["a", "b"], rectOf, "across")).toEqual({});
  });
});

describe("the search in the graph", () => {
  const hits = (query: string) => findNodes(chain(), specs, [], query).map(({ id }) => id);
  it("finds titles, classes, ids and what fields hold", () => {
    expect(hits("sampler")).toEqual(["3"]);
    expect(hits("#4")).toEqual(["4"]);
    expect(hits("lake")).toEqual(["1"]);
    expect(hits("width 768")).toEqual(["2"]);
    expect(hits("")).toHaveLength(5);
    expect(hits("no such thing")).toEqual([]);
  });
  it("says what it found in a field, and finds problems", () => {
    expect(findNodes(chain(), specs, [], "lake")[0]?.said).toBe("file: lake.safetensors");
    const problems = [{ node: "3", input: "steps", kind: "value_smaller_than_min", message: "steps is 0" }];
    expect(findNodes(chain(), specs, problems, "is 0")[0]?.id).toBe("3");
  });
});

describe("names in Python", () => {
  it("are the class where one node has it, else the title, else the id", () => {
    const doc = edited(chain(), [
      { op: "add", node: node("6", "Sampler") },
      { op: "title", id: "6", title: 'the "second"' },
    ]);
    const of = (id: string) => pythonOfNode(doc, doc.nodes.get(id) as NonNullable<ReturnType<typeof doc.nodes.get>>);
    expect([of("4"), of("3"), of("6")]).toEqual(['wf["Decode"]', 'wf["3"]', 'wf["the \\"second\\""]']);
  });
  it("an input that Python can't spell is asked for by its name", () => {
    const own = chain().nodes.get("3") as NonNullable<ReturnType<ReturnType<typeof chain>["nodes"]["get"]>>;
    expect(pythonOfInput(chain(), own, "seed")).toBe('wf["Sampler"].seed');
    expect(pythonOfInput(chain(), own, "from")).toBe('wf["Sampler"].inputs["from"]');
    expect(pythonOfInput(chain(), own, "a b")).toBe('wf["Sampler"].inputs["a b"]');
  });
});
