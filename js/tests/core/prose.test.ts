import { describe, expect, it } from "vitest";
import { plainProse, proseParts } from "../../src/core/prose";

describe("what authors wrote", () => {
  it("is shown without the marks of its code", () => {
    expect(plainProse("Turns `text` into ``tokens``.")).toBe("Turns text into tokens.");
    expect(plainProse("a lone ` stays")).toBe("a lone ` stays");
    expect(plainProse("an `unequal`` pair too")).toBe("an `unequal`` pair too");
  });

  it("is parted into words and code, with nothing lost", () => {
    expect(proseParts("`a` to b")).toEqual([
      { text: "a", code: true },
      { text: " to b", code: false },
    ]);
    expect(proseParts("no code")).toEqual([{ text: "no code", code: false }]);
    expect(proseParts("")).toEqual([]);
  });
});
