import { describe, expect, it } from "vitest";
import { changedSince } from "../../src/core/changes";
import { fillsOpening, fits, fittingInput, refusal } from "../../src/core/compatibility";
import { fromJSON, upstreamOf } from "../../src/core/document";
import { mendings } from "../../src/core/mending";
import { apply } from "../../src/core/ops";
import { arrange, placeMissing } from "../../src/core/placement";
import { rowsOf } from "../../src/core/rows";
import { closest, findSpecs, nearest } from "../../src/core/search";
import { boxOf } from "../../src/core/size";
import { pictureKind, type SpecJSON, shownSpec, shownValue, spoken } from "../../src/core/specs";
import { problemWords, statusOf } from "../../src/core/status";
import { hueOf, lookOf } from "../../src/core/types";
import { changeWeight, weightSpans } from "../../src/core/weights";
import { chain, node, specs } from "../sample";

const NONE: ReadonlySet<string> = new Set();
const plug = (source: string, slot: number, target: string, input: string) => ({ source, slot, target, input });

describe("what fits", () => {
  it("equal types, unions and anything", () => {
    expect(fits("IMAGE", "IMAGE")).toBe(true);
    expect(fits("INT", "INT,FLOAT")).toBe(true);
    expect(fits("*", "LATENT")).toBe(true);
    expect(fits("IMAGE", "LATENT")).toBe(false);
  });

  it("says why not", () => {
    expect(refusal(specs, chain(), plug("1", 1, "3", "latent"))).toBe("needs LATENT, this is VAE");
    expect(refusal(specs, chain(), plug("3", 0, "3", "latent"))).toBe("A node can't feed itself.");
    expect(refusal(specs, chain(), plug("2", 0, "3", "latent"))).toBeNull();
  });

  it("refuses a loop", () => {
    const doc = apply(chain(), { op: "add", node: node("6", "Sampler", { latent: ["3", 0] }) });
    expect(refusal(specs, doc, plug("6", 0, "3", "latent"))).toBe("would make a loop");
  });

  it("takes a required socket before a field", () => {
    expect(fittingInput(specs.get("Sampler") as SpecJSON, "LATENT")?.name).toBe("latent");
    expect(fillsOpening(specs.get("Save") as SpecJSON, { type: "IMAGE", wants: "input" })).toBe(true);
    expect(fillsOpening(specs.get("Save") as SpecJSON, { type: "IMAGE", wants: "output" })).toBe(false);
  });

  it("finds everything upstream once, cycles too", () => {
    expect([...upstreamOf(chain(), "4")].sort()).toEqual(["1", "2", "3", "4"]);
    const loop = apply(chain(), { op: "link", id: "2", input: "x", source: ["5", 0] });
    expect(upstreamOf(loop, "5").size).toBe(5);
  });
});

describe("search", () => {
  const names = (query: string) => findSpecs(specs, query, null).map(({ spec }) => spec.display_name);
  it("every word must be found", () => {
    expect(names("save im")).toEqual(["Save image"]);
    expect(names("save latent")).toEqual([]);
    expect(names("").length).toBe(specs.size);
  });
  it("a name's start comes before its middle", () => expect(names("lat")[0]).toBe("Empty latent"));
  it("a loose link lists only what it can be plugged into", () => {
    expect(findSpecs(specs, "", { type: "LATENT", wants: "input" }).map(({ spec }) => spec.type)).toEqual(["Decode", "Sampler"]);
  });
  it("patterns in a query are only text", () => expect(names("(.*")).toEqual([]));
  it("offers what is near", () => {
    expect(nearest(specs, "smapler")[0]?.type).toBe("Sampler");
    expect(closest("lake.safetensor", ["lake_v2.safetensors", "lake.safetensors"])).toBe("lake.safetensors");
    expect(closest("zzz", ["lake.safetensors"])).toBeUndefined();
  });
});

describe("a node's rows", () => {
  const rows = (id: string, unfolded = false) => {
    const doc = chain();
    const own = doc.nodes.get(id) as NonNullable<ReturnType<typeof doc.nodes.get>>;
    return rowsOf(shownSpec(specs, doc, own), own, unfolded, NONE);
  };
  it("two short numbers share a row", () => {
    expect(rows("3").fields.map((row) => row.map((input) => input.name))).toEqual([
      ["seed"],
      ["steps", "cfg"],
      ["mode"],
      ["denoise"],
    ]);
  });
  it("more than six fields fold, but not those that were changed", () => {
    const many = Array.from({ length: 9 }, (_, i) => ({
      name: `field ${i}`,
      type: "FLOAT",
      required: true,
      widget: true,
      default: 0,
    }));
    const wide = new Map([["Wide", { ...(specs.get("Save") as SpecJSON), type: "Wide", inputs: many }]]);
    const own = node("1", "Wide", {}, { "field 8": 3, "field 7": 0 });
    const doc = fromJSON({ format: "virgil_nb", version: 1, name: "", nodes: [own] });
    const found = rowsOf(shownSpec(wide, doc, own), own, false, new Set(["field 6"]));
    expect(found.folded.map((input) => input.name)).toEqual(["field 5", "field 7"]);
  });
  it("a missing class shows what the node holds and what is taken from it", () => {
    const doc = apply(chain(), { op: "add", node: node("8", "Gone", { image: ["4", 0] }, { strength: 0.5 }) });
    const used = apply(doc, { op: "link", id: "5", input: "images", source: ["8", 1] });
    const shown = shownSpec(specs, used, used.nodes.get("8") as ReturnType<typeof node>);
    expect(shown.missing).toBe(true);
    expect(shown.inputs.map((input) => [input.name, input.widget])).toEqual([
      ["image", false],
      ["strength", true],
    ]);
    expect(shown.outputs.length).toBe(2);
  });
  it("every socket has a place inside the box", () => {
    const doc = chain();
    for (const own of doc.nodes.values()) {
      const shown = shownSpec(specs, doc, own);
      const box = boxOf(shown, own, rowsOf(shown, own, false, NONE), 1);
      expect(box.handles.length).toBe(shown.inputs.length + shown.outputs.length);
      for (const { x, y } of box.handles) expect(x >= 0 && x <= box.width && y > 0 && y < box.height).toBe(true);
    }
  });
  it("keeps a place for pictures where some will come", () => {
    const kinds = [...specs.values()].map((spec) => [spec.type, pictureKind(spec)]);
    expect(Object.fromEntries(kinds)).toEqual({ Loader: null, Noise: null, Sampler: "preview", Decode: null, Save: "result" });
  });
  it("shows the default where nothing is set", () => {
    const steps = (specs.get("Sampler") as SpecJSON).inputs[3] as SpecJSON["inputs"][number];
    expect(shownValue(steps, node("1", "Sampler"))).toBe(20);
  });
  it("reads names as words", () =>
    expect(["latent_image", "LATENT", "VAE"].map(spoken)).toEqual(["latent image", "latent", "vae"]));
});

describe("places", () => {
  const size = () => ({ width: 200, height: 150 });
  it("flows from left to right and covers nothing", () => {
    const doc = chain();
    const places = arrange(doc, size);
    for (const own of doc.nodes.values()) {
      for (const [source] of Object.values(own.links)) {
        expect((places[source] as number[])[0] as number).toBeLessThan((places[own.id] as number[])[0] as number);
      }
    }
    const ids = Object.keys(places);
    for (const a of ids)
      for (const b of ids) {
        if (a === b) continue;
        const [ax, ay] = places[a] as [number, number];
        const [bx, by] = places[b] as [number, number];
        expect(Math.abs(ax - bx) >= 200 || Math.abs(ay - by) >= 150).toBe(true);
      }
  });
  it("a newcomer moves nobody and lands on free ground", () => {
    const placed = fromJSON({
      format: "virgil_nb",
      version: 1,
      name: "",
      nodes: [
        { ...node("1", "Noise"), position: [0, 0] },
        { ...node("2", "Sampler"), position: [256, 0] },
        node("3", "Decode", { samples: ["1", 0] }),
      ],
    });
    const places = placeMissing(placed, {}, size);
    expect(Object.keys(places)).toEqual(["3"]);
    expect((places["3"] as number[])[1]).toBeGreaterThanOrEqual(150);
    expect(placeMissing(placed, places, size)).toBe(places);
  });
  it("survives a loop", () => {
    const loop = apply(chain(), { op: "link", id: "2", input: "x", source: ["4", 0] });
    expect(Object.keys(arrange(loop, size)).length).toBe(5);
  });
});

describe("what changed since a run", () => {
  it("is the edited node and all that follows it", () => {
    const then = chain();
    const now = apply(then, { op: "set", id: "3", input: "seed", value: 8 });
    expect([...changedSince(then, now)].sort()).toEqual(["3", "4", "5"]);
  });
  it("is nothing after a move, a title or a way back", () => {
    const then = chain();
    const moved = apply(apply(then, { op: "move", positions: { 3: [5, 5] } }), { op: "title", id: "3", title: "x" });
    expect(changedSince(then, moved).size).toBe(0);
    const away = apply(then, { op: "set", id: "3", input: "seed", value: 8 });
    expect(changedSince(then, apply(away, { op: "set", id: "3", input: "seed", value: 7 })).size).toBe(0);
  });
});

describe("words for states", () => {
  const doc = chain();
  const own = doc.nodes.get("3") as ReturnType<typeof node>;
  const spec = shownSpec(specs, doc, own);
  const base = { mode: "on" as const, spec, state: undefined, run: null, problem: undefined, stale: false, hasPicture: false };
  const problem = (kind: string, input: string) => ({ node: "3", input, kind, message: "" });
  it("says at most one thing", () => {
    expect(statusOf(base).text).toBe("");
    expect(statusOf({ ...base, state: { state: "running", value: 12, max: 20 } }).text).toBe("12 / 20");
    expect(statusOf({ ...base, state: { state: "done", seconds: 5.68 } }).text).toBe("5.7 s");
    expect(statusOf({ ...base, state: { state: "cached" } }).icon).toBe("bolt");
    expect(statusOf({ ...base, state: { state: "cached" }, stale: true, hasPicture: true }).text).toBe("last run");
    expect(statusOf({ ...base, state: { state: "queued" }, run: { id: "r", state: "queued", position: 1 } }).text).toBe(
      "2nd in line",
    );
    expect(statusOf({ ...base, mode: "muted", state: { state: "error" } }).text).toBe("muted");
  });
  it("names what is wrong", () => {
    expect(problemWords(problem("required_input_missing", "latent"), spec)).toBe("no latent");
    expect(problemWords(problem("value_smaller_than_min", "steps"), spec)).toBe("steps too small");
  });
  it("knows what mends it", () => {
    const small = mendings(problem("value_smaller_than_min", "steps"), own, spec)[0];
    expect(small).toEqual({ label: "Use 1", ops: [{ op: "set", id: "3", input: "steps", value: 1 }] });
    const loader = doc.nodes.get("1") as ReturnType<typeof node>;
    const gone = { ...loader, values: { file: "lakes.safetensors" } };
    expect(mendings(problem("value_not_in_list", "file"), gone, shownSpec(specs, doc, gone))[0]?.label).toBe(
      "Use lake.safetensors",
    );
    expect(mendings(problem("custom_validation_failed", "steps"), own, spec)).toEqual([]);
  });
});

describe("types and weights", () => {
  it("every type can be told by shape and fill alone", () => {
    const types = "MODEL CLIP VAE CONTROL_NET CONDITIONING LATENT IMAGE MASK SIGMAS NOISE INT STRING BOOLEAN COMBO * OWN".split(
      " ",
    );
    const marks = types.map((type) => `${lookOf(type).shape} ${lookOf(type).fill}`);
    expect(new Set(marks).size).toBe(types.length);
    expect(lookOf("INT,FLOAT").shape).toBe("ring");
    expect(lookOf("__proto__").shape).toBe("hexagon");
  });
  it("a pack's type keeps its hue", () => expect(hueOf("BBOX_DETECTOR")).toBe(hueOf("BBOX_DETECTOR")));
  it("marks weights and gives the text back", () => {
    const text = "a (red fox:1.2), (x) (y:z)";
    expect(
      weightSpans(text)
        .filter((span) => span.weighted)
        .map((span) => span.text),
    ).toEqual(["(red fox:1.2)"]);
    expect(
      weightSpans(text)
        .map((span) => span.text)
        .join(""),
    ).toBe(text);
  });
  it("changes the weight at the caret", () => {
    expect(changeWeight("a fox", 3, 3, 0.1)?.text).toBe("a (fox:1.1)");
    expect(changeWeight("a (fox:1.1)", 4, 4, 0.1)?.text).toBe("a (fox:1.2)");
    expect(changeWeight("a (fox:1.1)", 4, 4, -0.1)?.text).toBe("a fox");
    expect(changeWeight("  ", 1, 1, 0.1)).toBeNull();
  });
});
