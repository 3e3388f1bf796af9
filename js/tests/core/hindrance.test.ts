import { expect, it } from "vitest";
import { hindrance } from "../../src/core/hindrance";
import { apply } from "../../src/core/ops";
import type { ProblemJSON } from "../../src/sync/messages";
import { chain, node, SPECS } from "../sample";

const specs = new Map(SPECS.map((spec) => [spec.type, spec]));
const doc = apply(chain(), { op: "add", node: node("9", "Decode") });
const missing = (id: string): ProblemJSON => ({
  kind: "required_input_missing",
  message: "",
  node: id,
  input: "samples",
});

it("a fault of a node that no result needs keeps nothing from running", () => {
  expect(hindrance(specs, doc, [missing("9")])).toBeUndefined();
  expect(hindrance(specs, doc, [missing("9"), missing("4")])?.node).toBe("4");
});

it("where nothing is a result any fault is one", () => {
  const plain = new Map([...specs].map(([type, spec]) => [type, { ...spec, output_node: false }]));
  expect(hindrance(plain, doc, [missing("9")])?.node).toBe("9");
});
