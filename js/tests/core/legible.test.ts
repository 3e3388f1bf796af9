import { expect, it } from "vitest";
import { legible } from "../../src/core/legible";

it("a name reads in the order in which it is written", () => {
  expect(legible("\u202egnp.exe\u202c", "Node")).toBe("gnp.exe");
});

it("a name that nobody can see gives way to another", () => {
  for (const name of ["", "  ", "\u200b\u200d\ufeff", "\u202e\u2066"]) expect(legible(name, "Node")).toBe("Node");
});

it("letters of any script and joined pictures stay as they are", () => {
  for (const name of ["نص عربي", "👩‍👩‍👧 fox", "é", "<b>"]) expect(legible(name, "Node")).toBe(name);
});
