import { describe, expect, it } from "vitest";
import { type Clip, clipOf, clipText, groundOf, pasted, readClip } from "../../src/core/clip";
import { type Doc, linkOf } from "../../src/core/document";
import { apply, type Op } from "../../src/core/ops";
import { chain, node } from "../sample";

const NONE: ReadonlySet<string> = new Set();
const edited = (doc: Doc, ops: Op[]) => ops.reduce(apply, doc);
const copy = (doc: Doc, ...ids: string[]) => clipOf(doc, new Set(ids), NONE, (id) => [Number(id) * 100, 0]);
const read = (text: string): Clip => {
  const reading = readClip(text);
  if (reading.kind !== "clip") throw new Error(reading.kind === "refused" ? reading.reason : reading.kind);
  return reading.clip;
};
const reason = (text: string) => {
  const reading = readClip(text);
  return reading.kind === "refused" ? reading.reason : reading.kind;
};
const nodeOf = (doc: Doc, id: string) => {
  const own = doc.nodes.get(id);
  if (!own) throw new Error(`no node ${id}`);
  return own;
};

describe("copy and paste", () => {
  it("gives the same nodes, with links among them, under ids of their own", () => {
    const clip = read(clipText(copy(chain(), "3", "4", "5")));
    const { ops, nodes } = pasted(chain(), clip, [10, 20], false);
    const doc = edited(chain(), ops);
    expect(nodes).toEqual(["6", "7", "8"]);
    expect(nodeOf(doc, "6").values).toEqual(nodeOf(chain(), "3").values);
    expect(linkOf(nodeOf(doc, "7"), "samples")).toEqual(["6", 0]);
    expect(nodeOf(doc, "6").position).toEqual([310, 20]);
  });

  it("leaves out links that lead out of it, and keeps them in a duplicate", () => {
    const elsewhere = edited(chain(), pasted(chain(), read(clipText(copy(chain(), "3"))), [0, 0], false).ops);
    expect(nodeOf(elsewhere, "6").links).toEqual({});
    const here = edited(chain(), pasted(chain(), copy(chain(), "3"), [0, 0], true).ops);
    expect(linkOf(nodeOf(here, "6"), "model")).toEqual(["1", 0]);
  });

  it("a link to a node that comes later in the document is made at the end", () => {
    const doc = edited(chain(), [
      { op: "add", node: node("0", "Sampler", {}), index: 0 },
      { op: "link", id: "0", input: "latent", source: ["2", 0] },
    ]);
    const { ops, nodes } = pasted(doc, read(clipText(copy(doc, "0", "2"))), [0, 0], false);
    const next = edited(doc, ops);
    expect(linkOf(nodeOf(next, nodes[0] as string), "latent")).toEqual([nodes[1], 0]);
  });

  it("takes frames along, each under an id of its own", () => {
    const framed = apply(chain(), { op: "frame", id: "1", frame: { title: "Text", box: [0, 0, 400, 300], colour: "#2f7fd6" } });
    const clip = read(clipText(clipOf(framed, new Set(["2"]), new Set(["1"]), () => [50, 60])));
    const { ops, frames } = pasted(framed, clip, [5, 5], false);
    const doc = edited(framed, ops);
    expect(frames).toEqual(["2"]);
    expect(doc.frames["2"]).toEqual({ title: "Text", box: [5, 5, 400, 300], colour: "#2f7fd6" });
    expect(groundOf(clip)).toEqual({ x: 0, y: 0 });
  });

  it("is a workflow by itself, without links to what it lacks", () => {
    const json = JSON.parse(clipText(copy(chain(), "4")));
    expect(json).toMatchObject({ format: "virgil_nb", version: 1 });
    expect(json.nodes[0].links).toEqual({});
  });
});

describe("a clipboard that is not ours", () => {
  it("is refused in words", () => {
    expect(reason("hello")).toBe("The clipboard holds text that is no workflow.");
    expect(reason("[1, 2]")).toBe("The clipboard holds JSON that is no workflow.");
    expect(reason('{"a": 1}')).toBe("The clipboard holds JSON that is no workflow.");
    expect(reason('{"format": "virgil_nb", "version": 1, "nodes": []}')).toBe("The clipboard holds a workflow without nodes.");
    expect(reason("x".repeat(9_000_000))).toMatch(/^The clipboard holds 9 MB of text/);
  });

  it("from a newer version is refused, and says what to do", () => {
    expect(reason('{"format": "virgil_nb", "version": 9, "nodes": []}')).toMatch(/newer virgil_nb.*version 9.*reads 1.*Update/);
  });

  it("with damaged nodes is refused as a whole", () => {
    const damaged = (bad: unknown) => reason(JSON.stringify({ format: "virgil_nb", version: 1, nodes: [bad] }));
    const wanted = "The clipboard holds a workflow that is damaged: not all of its nodes can be read.";
    expect(damaged(null)).toBe(wanted);
    expect(damaged({ id: 7, type: "Sampler" })).toBe(wanted);
    expect(damaged({ id: "1", type: "Sampler", links: { model: ["1", -1] } })).toBe(wanted);
    expect(damaged({ id: "1", type: "Sampler", values: [] })).toBe(wanted);
    const twice = [node("1", "Save"), node("1", "Save")];
    expect(reason(JSON.stringify({ format: "virgil_nb", version: 1, nodes: twice }))).toBe(wanted);
  });

  it("of nodes keeps nothing that no node has", () => {
    const odd = { ...node("1", "Save"), position: [1e99, 0], folded: "yes", onclick: "x", mode: "sideways" };
    const [own] = read(JSON.stringify({ format: "virgil_nb", version: 1, nodes: [odd] })).nodes;
    expect(own).toEqual({ id: "1", type: "Save", values: {}, links: {} });
  });

  it("of ComfyUI's is for the kernel to open", () => {
    expect(reason('{"nodes": [], "links": []}')).toBe("workflow");
    expect(reason('{"3": {"class_type": "KSampler", "inputs": {}}}')).toBe("workflow");
  });
});
