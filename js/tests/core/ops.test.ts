import { describe, expect, it } from "vitest";
import { pasted } from "../../src/core/clip";
import { type Doc, EMPTY, freshId, fromJSON, toJSON } from "../../src/core/document";
import { apply, applyAll, EditRefused, inverse, type Op, removal } from "../../src/core/ops";
import { chain, node } from "../sample";

const OPS: Op[] = [
  { op: "add", node: node("9", "Save") },
  { op: "add", node: node("9", "Save"), index: 0 },
  { op: "remove", id: "1" },
  { op: "remove", id: "3" },
  { op: "set", id: "3", input: "steps", value: 5 },
  { op: "set", id: "3", input: "cfg", value: 2.5 },
  { op: "set", id: "3", input: "constructor", value: "x" },
  { op: "unset", id: "3", input: "steps" },
  { op: "link", id: "5", input: "images", source: ["1", 0] },
  { op: "link", id: "3", input: "new", source: ["1", 0] },
  { op: "unlink", id: "4", input: "vae" },
  { op: "move", positions: { 1: [10, 20], 2: [30, 40] } },
  { op: "resize", id: "1", size: [300, 200] },
  { op: "title", id: "1", title: "<b>hm</b>" },
  { op: "mode", id: "1", mode: "muted" },
  { op: "control", id: "3", input: "seed", control: "randomize" },
  { op: "colour", id: "1", colour: "#2a363b" },
  { op: "colour", id: "1", colour: null },
  { op: "fold", id: "1", folded: true },
  { op: "fold", id: "1", folded: false },
  { op: "frame", id: "1", frame: { title: "Sampling", box: [0, 0, 400, 300] } },
  { op: "frame", id: "1", frame: { title: "Sampling", box: [0, 0, 500, 300], colour: "#336699" } },
  { op: "frame", id: "1", frame: null },
  { op: "frame", id: "__proto__", frame: { title: "", box: [0, 0, 1, 1] } },
  {
    op: "panel",
    items: [
      { node: "3", input: "steps" },
      { node: "1", input: "file", label: "Model" },
      { node: "3", input: "cfg" },
    ],
  },
  { op: "panel", items: [] },
  { op: "panel", items: null },
  { op: "rename", name: "other" },
  {
    op: "batch",
    ops: [
      { op: "remove", id: "4" },
      { op: "add", node: node("4", "Decode") },
      { op: "set", id: "3", input: "steps", value: 1 },
    ],
  },
];

/** Absent and empty mean the same. */
function plain(doc: Doc): unknown {
  const json = toJSON(doc);
  const nodes = json.nodes.map(({ control, mode, ...rest }) => ({ ...rest, mode: mode ?? "on", control: control ?? {} }));
  return JSON.parse(JSON.stringify({ ...json, nodes }));
}

describe("edits", () => {
  it.each(OPS.map((op) => [JSON.stringify(op), op] as const))("undo takes back %s", (_, op) => {
    const before = chain();
    const after = apply(before, op);
    expect(plain(apply(after, inverse(before, op)))).toEqual(plain(before));
  });

  it("undo and redo of a random walk come out where they began", () => {
    let random = 42;
    const next = (n: number) => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return random % n;
    };
    for (let round = 0; round < 40; round++) {
      const start = chain();
      let doc = start;
      const back: Op[] = [];
      for (let i = 0; i < 12; i++) {
        const op = OPS[next(OPS.length)] as Op;
        try {
          const undo = inverse(doc, op);
          doc = apply(doc, op);
          back.unshift(undo);
        } catch (error) {
          expect(error).toBeInstanceOf(EditRefused);
        }
      }
      expect(plain(back.reduce(apply, doc))).toEqual(plain(start));
    }
  });

  it("removing a node drops the links that came from it", () => {
    const doc = apply(chain(), { op: "remove", id: "1" });
    expect(doc.nodes.get("3")?.links).toEqual({ latent: ["2", 0] });
    expect(doc.nodes.get("4")?.links).toEqual({ samples: ["3", 0] });
  });

  it("removing a node takes its inputs off the panel, and undo puts them back in their places", () => {
    const panel = [
      { node: "3", input: "steps" },
      { node: "1", input: "file", label: "Model" },
      { node: "3", input: "cfg" },
    ];
    const before = apply(chain(), { op: "panel", items: panel });
    const after = apply(before, { op: "remove", id: "3" });
    expect(after.panel).toEqual([{ node: "1", input: "file", label: "Model" }]);
    expect(apply(after, inverse(before, { op: "remove", id: "3" })).panel).toEqual(panel);
  });

  it("frames, panel, colour and folding are part of the document's JSON", () => {
    const doc = [
      { op: "colour", id: "1", colour: "#2a363b" },
      { op: "fold", id: "1", folded: true },
      { op: "frame", id: "1", frame: { title: "Sampling", box: [0, 0, 400, 300] } },
      { op: "panel", items: [{ node: "3", input: "steps" }] },
    ].reduce((now, op) => apply(now, op as Op), chain());
    const json = JSON.parse(JSON.stringify(toJSON(doc)));
    expect(json.frames).toEqual({ 1: { title: "Sampling", box: [0, 0, 400, 300] } });
    expect(json.panel).toEqual([{ node: "3", input: "steps" }]);
    expect(json.nodes[0]).toMatchObject({ colour: "#2a363b", folded: true });
    expect(toJSON(fromJSON(json))).toEqual(toJSON(doc));
  });

  it("nodes that an edit does not touch keep their identity", () => {
    const before = chain();
    const after = apply(before, { op: "set", id: "3", input: "steps", value: 3 });
    for (const id of ["1", "2", "4", "5"]) expect(after.nodes.get(id)).toBe(before.nodes.get(id));
    expect(before.nodes.get("3")?.values.steps).toBe(20);
  });

  it("refuses what does not fit", () => {
    const wrong: Op[] = [
      { op: "remove", id: "77" },
      { op: "add", node: node("1", "Save") },
      { op: "link", id: "5", input: "images", source: ["77", 0] },
      { op: "explode" } as unknown as Op,
    ];
    for (const op of wrong) expect(() => apply(chain(), op)).toThrow(EditRefused);
  });

  it("keeps an input named __proto__ as a value", () => {
    const doc = apply(chain(), { op: "set", id: "1", input: "__proto__", value: 3 });
    expect(Object.hasOwn(doc.nodes.get("1")?.values ?? {}, "__proto__")).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("gives new nodes ids that are free", () => {
    expect(freshId(chain())).toBe("6");
    expect(freshId(apply(chain(), { op: "add", node: node("main:4", "Save") }))).toBe("6");
  });
});

describe("many edits at once", () => {
  const added = (count: number): Op[] =>
    Array.from({ length: count }, (_, i) => ({
      op: "add",
      node: { id: `n${i}`, type: "Words", values: {}, links: { text: [`n${Math.max(0, i - 1)}`, 0] } },
    }));

  it("do what they do one after the other", () => {
    const ops: Op[] = [
      ...added(4),
      { op: "add", node: { id: "first", type: "Words", values: {}, links: {} }, index: 0 },
      { op: "add", node: { id: "last", type: "Words", values: {}, links: {} }, index: 5 },
      {
        op: "panel",
        items: [
          { node: "n1", input: "text" },
          { node: "n3", input: "text" },
        ],
      },
      { op: "remove", id: "n1" },
      { op: "remove", id: "n0" },
      { op: "rename", name: "x" },
    ];
    expect(toJSON(applyAll(EMPTY, ops))).toEqual(toJSON(ops.reduce(apply, EMPTY)));
    expect(() => applyAll(EMPTY, [...added(2), ...added(1)])).toThrow(EditRefused);
    expect(() => applyAll(EMPTY, [...added(2), { op: "remove", id: "n0" }, { op: "remove", id: "n0" }])).toThrow(EditRefused);
  });

  it("paste and take out ten thousand nodes", () => {
    const nodes = added(10_000).flatMap((op) => (op.op === "add" ? [op.node] : []));
    const { ops } = pasted(EMPTY, { nodes, frames: [] }, [0, 0], false);
    const doc = applyAll(EMPTY, ops);
    expect(doc.nodes.size).toBe(10_000);
    expect(doc.nodes.get("10000")?.links).toEqual({ text: ["9999", 0] });
    expect(applyAll(doc, removal(doc.nodes.keys())).nodes.size).toBe(0);
  });
});
