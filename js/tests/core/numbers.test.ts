import { describe, expect, it } from "vitest";
import { calculate } from "../../src/core/arithmetic";
import {
  duration,
  fieldText,
  fillOf,
  grouped,
  ordinal,
  randomSeed,
  rangeFault,
  settle,
  shown,
  stepped,
  typedNumber,
  typingFault,
} from "../../src/core/numbers";
import type { InputSpec } from "../../src/core/specs";
import { specs } from "../sample";

const input = (name: string) => specs.get("Sampler")?.inputs.find((i) => i.name === name) as InputSpec;
const seed = { ...input("seed"), max: 2 ** 64 }; // as 2^64 - 1 arrives
const size = specs.get("Noise")?.inputs[0] as InputSpec;

describe("sums in a field", () => {
  it.each([
    ["768*2", 1536],
    ["1+2*3", 7],
    ["(1 + 2) / 4", 0.75],
    ["2**3**2", 512],
    ["-3", -3],
    ["--3", 3],
    ["-2**2", -4],
    ["1e3", 1000],
    [".5", 0.5],
    ["0,5", 0.5],
    ["182 736", 182736],
    ["7 % 4", 3],
    ["512 × 2", 1024],
  ])("%s is %d", (text, value) => expect(calculate(text)).toBeCloseTo(value, 9));

  it.each(["", "abc", "1+", "(1", "1)", "1/0", "alert(1)", "2..3", "1 + + ", "9".repeat(300)])("%s is no number", (text) => {
    expect(calculate(text)).toBeNull();
  });
});

describe("numbers", () => {
  it("steps stay in range, typed values are never clamped", () => {
    expect(stepped(input("steps"), 2, -5)).toBe(1);
    expect(stepped(input("cfg"), 99.95, 1)).toBe(100);
    expect(stepped(size, 512, 1)).toBe(520);
    expect(settle(input("steps"), 99999)).toBe(99999);
  });

  it("a step from outside the range is not pulled in", () => expect(stepped(input("steps"), -5, 1)).toBe(-4));

  it("no dust of binary fractions", () => {
    expect(stepped(input("cfg"), 0.2, 1)).toBe(0.3);
    expect(settle(input("cfg"), 6.499999)).toBe(6.5);
  });

  it("says what the range is", () => {
    expect(rangeFault(input("steps"), 0)).toBe("from 1 to 10000");
    expect(rangeFault(input("steps"), 20)).toBeNull();
    expect(rangeFault({ ...input("steps"), max: undefined }, 0)).toBe("at least 1");
  });

  it("fills the bar of a huge range by what is usual", () => {
    expect(fillOf(input("steps"), 20)).toBeCloseTo(0.4);
    expect(fillOf(input("steps"), 9999)).toBe(1);
    expect(fillOf(input("denoise"), 0.25)).toBeCloseTo(0.25);
    expect(fillOf(size, 512)).toBeNull();
    expect(fillOf(input("seed"), 5)).toBeNull();
  });

  it("groups seeds by three, also beyond 2^53", () => {
    expect(grouped(182736)).toBe("182\u202f736");
    expect(grouped(-1234)).toBe("-1\u202f234");
    expect(grouped(18446744073709551615n).replace(/\D/g, "")).toBe("18446744073709551615");
  });

  it("shows every digit of a whole number", () => {
    expect(shown(Number.MAX_SAFE_INTEGER)).toBe("9007199254740991");
    expect(shown(0.1 + 0.2)).toBe("0.3");
  });

  it("throws seeds that every stack can carry", () => {
    for (let i = 0; i < 50; i++) expect(Number.isSafeInteger(randomSeed(input("seed")))).toBe(true);
    expect(randomSeed({ ...input("seed"), max: 1 }, () => 0.999)).toBe(1);
  });

  it("takes typed seeds digit by digit, up to the largest", () => {
    const typed = (text: string) => typedNumber(seed, text);
    expect(typed("18446744073709551615")).toBe(18446744073709551615n);
    expect(typed("18 446 744 073 709 551 615")).toBe(18446744073709551615n);
    expect(typed("9007199254740993")).toBe(9007199254740993n);
    expect(typed("182736")).toBe(182736);
    expect(typed("2**10")).toBe(1024);
    expect(typedNumber(input("cfg"), "6.5")).toBe(6.5);
    expect(rangeFault(seed, 18446744073709551615n)).toBeNull();
    expect(rangeFault(seed, 18446744073709551616n)?.replace(/\D/g, "")).toBe("018446744073709551615");
  });

  it("steps far up without a lost digit, and no further than the range", () => {
    expect(stepped(seed, 9007199254740992n, 1)).toBe(9007199254740993n);
    expect(stepped(seed, Number.MAX_SAFE_INTEGER, 1)).toBe(9007199254740992n);
    expect(stepped(seed, 9007199254740992n, -1)).toBe(Number.MAX_SAFE_INTEGER);
    expect(stepped(seed, 18446744073709551615n, 10)).toBe(18446744073709551615n);
    expect(stepped({ ...input("cfg"), max: undefined }, 1e17, 1)).toBe(1e17);
    expect(stepped(seed, 2.5, 2 ** 60)).toBeGreaterThan(2 ** 59);
  });

  it("refuses a sum that can't be calculated exactly", () => {
    expect(typingFault(seed, typedNumber(seed, "2**60"))).toContain("digit by digit");
    expect(typingFault(input("seed"), 2 ** 50)).toBeNull();
    expect(typingFault(input("seed"), null)).toContain("Not a number");
  });

  it("a FLOAT is seen to be one", () => {
    expect(fieldText(input("cfg"), 8)).toBe("8.0");
    expect(fieldText(input("steps"), 8)).toBe("8");
  });

  it("says times and places", () => {
    expect([0.01, 5.68, 75, 130].map(duration)).toEqual(["0.1 s", "5.7 s", "75.0 s", "2 min 10 s"]);
    expect([1, 2, 3, 4, 11, 22, 113].map(ordinal)).toEqual(["1st", "2nd", "3rd", "4th", "11th", "22nd", "113th"]);
  });
});
