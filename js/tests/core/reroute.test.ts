import { describe, expect, it } from "vitest";
import { changedSince } from "../../src/core/changes";
import { inputType, refusal, wantedTypes } from "../../src/core/compatibility";
import { type Doc, fromJSON } from "../../src/core/document";
import { apply, type Op } from "../../src/core/ops";
import { arrange } from "../../src/core/placement";
import { outputType } from "../../src/core/specs";
import type { SpecJSON } from "../../src/sync/messages";
import { chain, node, SPECS } from "../sample";

const REROUTE: SpecJSON = {
  type: "Reroute",
  display_name: "Reroute",
  category: "graph",
  description: "",
  output_node: false,
  inputs: [{ name: "", type: "*", required: true, widget: false }],
  outputs: [{ name: "", type: "*" }],
};
const specs = new Map([...SPECS, REROUTE].map((spec) => [spec.type, spec]));

/** The chain with two reroutes in a row, fed by `source`, and led to the inputs `to`. */
function routed(source: [string, number] | null, to: [string, string][] = []): Doc {
  const ops: Op[] = [
    { op: "add", node: node("8", "Reroute", source ? { "": source } : {}) },
    { op: "add", node: node("9", "Reroute", { "": ["8", 0] }) },
    ...to.map(([id, input]): Op => ({ op: "link", id, input, source: ["9", 0] })),
  ];
  return ops.reduce(apply, chain());
}

describe("types through reroutes", () => {
  it("a reroute gives the type of what feeds it, however many are in a row", () => {
    const doc = routed(["1", 1]);
    expect(outputType(specs, doc, "9", 0)).toBe("VAE");
    expect(refusal(specs, doc, { source: "9", slot: 0, target: "4", input: "vae" })).toBeNull();
    expect(refusal(specs, doc, { source: "9", slot: 0, target: "4", input: "samples" })).toBe("needs LATENT, this is VAE");
  });

  it("a reroute takes only what all that it leads to can take", () => {
    const doc = routed(null, [["4", "samples"]]);
    expect(wantedTypes(specs, doc, "8", "")).toEqual(["LATENT"]);
    expect(inputType(specs, doc, "8", "")).toBe("LATENT");
    expect(refusal(specs, doc, { source: "2", slot: 0, target: "8", input: "" })).toBeNull();
    expect(refusal(specs, doc, { source: "1", slot: 0, target: "8", input: "" })).toBe("needs LATENT, this is MODEL");
  });

  it("what an open reroute leads to must fit together", () => {
    const doc = routed(null, [["4", "samples"]]);
    expect(refusal(specs, doc, { source: "8", slot: 0, target: "3", input: "latent" })).toBeNull();
    expect(refusal(specs, doc, { source: "9", slot: 0, target: "4", input: "vae" })).toBe("needs VAE, this leads to LATENT");
  });

  it("a reroute that nothing feeds and that leads nowhere takes and gives anything", () => {
    const doc = routed(null);
    expect(inputType(specs, doc, "8", "")).toBe("*");
    expect(refusal(specs, doc, { source: "1", slot: 0, target: "8", input: "" })).toBeNull();
    expect(refusal(specs, doc, { source: "9", slot: 0, target: "4", input: "vae" })).toBeNull();
  });

  it("a loop through reroutes is refused, and one that is there already does no harm", () => {
    const doc = routed(["4", 0]);
    expect(refusal(specs, doc, { source: "9", slot: 0, target: "3", input: "latent" })).toBe("needs LATENT, this is IMAGE");
    const latent = routed(["3", 0]);
    expect(refusal(specs, latent, { source: "9", slot: 0, target: "3", input: "latent" })).toBe("would make a loop");
    const ring = fromJSON({
      format: "virgil_nb",
      version: 1,
      name: "",
      nodes: [node("1", "Reroute", { "": ["2", 0] }), node("2", "Reroute", { "": ["1", 0] }), node("3", "Decode")],
    });
    expect(outputType(specs, ring, "1", 0)).toBe("*");
    expect(wantedTypes(specs, ring, "1", "")).toEqual([]);
    expect(refusal(specs, ring, { source: "2", slot: 0, target: "3", input: "vae" })).toBeNull();
  });
});

describe("results behind reroutes", () => {
  it("leading a link round something makes no result old", () => {
    const ops: Op[] = [
      { op: "add", node: node("8", "Reroute", { "": ["3", 0] }) },
      { op: "link", id: "4", input: "samples", source: ["8", 0] },
    ];
    expect([...changedSince(chain(), ops.reduce(apply, chain()))]).toEqual([]);
  });

  it("what comes through a reroute makes what follows it old when it changes", () => {
    const before = routed(["2", 0], [["4", "samples"]]);
    const typed = apply(before, { op: "set", id: "2", input: "width", value: 64 });
    expect(changedSince(before, typed)).toContain("4");
    const led = apply(before, { op: "link", id: "8", input: "", source: ["3", 0] });
    expect([...changedSince(before, led)].sort()).toEqual(["4", "5"]);
    const cut = apply(before, { op: "unlink", id: "8", input: "" });
    expect([...changedSince(before, cut)].sort()).toEqual(["4", "5"]);
  });

  it("muting a reroute makes what follows it old, bypassing it does not: it passes on what it gets all the same", () => {
    const before = routed(["3", 0], [["4", "samples"]]);
    const muted = apply(before, { op: "mode", id: "8", mode: "muted" });
    expect([...changedSince(before, muted)].sort()).toEqual(["4", "5"]);
    expect([...changedSince(muted, before)].sort()).toEqual(["4", "5"]);
    const bypassed = apply(before, { op: "mode", id: "8", mode: "bypassed" });
    expect([...changedSince(before, bypassed)]).toEqual([]);
  });
});

describe("tidy", () => {
  it("gives reroutes a place between what feeds them and what they lead to", () => {
    const doc = routed(["1", 1], [["4", "vae"]]);
    const places = arrange(doc, () => ({ width: 100, height: 40 }));
    const across = ["1", "8", "9", "4"].map((id) => places[id]?.[0]);
    expect(across).toEqual([...across].sort((a, b) => Number(a) - Number(b)));
    expect(new Set(across).size).toBe(4);
  });
});
