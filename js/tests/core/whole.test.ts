import { describe, expect, it } from "vitest";
import { exactJson, numberIn, valueFor, wholeIn } from "../../src/core/whole";

const LARGEST = 18446744073709551615n;

describe("whole numbers beyond 2^53", () => {
  it("come back from a value as they were", () => {
    for (const number of [0, -7, 6.5, Number.MAX_SAFE_INTEGER, LARGEST, -LARGEST])
      expect(numberIn(valueFor(number))).toBe(number);
    expect(valueFor(7n)).toBe(7);
  });

  it("are not seen where there are none", () => {
    for (const value of [null, "5", true, [1], { __int__: 5 }, { __int__: "1e99" }, { __int__: "<b>" }])
      expect(numberIn(value)).toBeNull();
    expect(wholeIn("12.5")).toBeNull();
    expect(wholeIn("")).toBeNull();
  });

  it("stand in text as plain digits, and are read from there", () => {
    const json = { seed: valueFor(LARGEST), steps: 20, cfg: 6.5, text: `say "{"__int__":"${LARGEST}"}" and ${LARGEST}, \\` };
    const text = exactJson.write(json);
    expect(text).toContain(`"seed":${LARGEST},`);
    expect(exactJson.read(text)).toEqual(json);
    expect(exactJson.read('[1e400, 123456.5, "9007199254740993", 9007199254740993]')).toEqual([
      Number.POSITIVE_INFINITY,
      123456.5,
      "9007199254740993",
      { __int__: "9007199254740993" },
    ]);
    expect(() => exactJson.read("{seed: 1}")).toThrow(SyntaxError);
  });
});
