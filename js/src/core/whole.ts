/**
 * Whole numbers of any size. A number of JavaScript's holds them exactly up to 2^53 only; seeds go up to 2^64 - 1.
 *
 * Larger ones are BigInts here, and `{ "__int__": digits }` in the messages of the kernel, where a bare number would be rounded.
 */
import type { Json } from "./document";

export type Whole = number | bigint;

/** The number that a value is, null if it is none. */
export function numberIn(value: Json | undefined): Whole | null {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const digits = value.__int__;
  return typeof digits === "string" && /^-?\d{16,310}$/.test(digits) ? BigInt(digits) : null;
}

/** A number as a value of the document. */
export function valueFor(number: Whole): Json {
  if (typeof number === "number") return number;
  const near = Number(number);
  return Number.isSafeInteger(near) ? near : { __int__: String(number) };
}

/** The whole number whose digits a text is, in groups or not; null if it is anything else. */
export function wholeIn(text: string): bigint | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
  return /^[-+]?\d{1,310}$/.test(plain) ? BigInt(plain.replace("+", "")) : null;
}

/** The limit that `limit` stands for: one beyond 2^53 was rounded on its way here, 2^64 - 1 up to 2^64. */
export function exactLimit(limit: number): bigint {
  return BigInt(limit) - (limit > Number.MAX_SAFE_INTEGER ? 1n : 0n);
}

/** JSON that keeps large whole numbers as they are: what others write and read. */
export const exactJson = {
  write: (value: unknown): string => JSON.stringify(value).replace(/\{"__int__":"(-?\d+)"\}/g, "$1"),
  /** Throws SyntaxError. */
  read: (text: string): unknown =>
    JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.]*(?:[eE][-+]?\d+)?/g, (token) =>
        isLarge(token) ? `{"__int__":"${token}"}` : token,
      ),
    ),
};

function isLarge(token: string): boolean {
  return /^-?\d{16,310}$/.test(token) && !Number.isSafeInteger(Number(token));
}
