/** Numbers as fields show and change them; times as captions say them. */
import { calculate } from "./arithmetic";
import type { InputSpec } from "./specs";
import { exactLimit, type Whole, wholeIn } from "./whole";

/** Thin space between groups of three. */
const GROUP = "\u202f";

/** How far one step of this input goes. */
export function stepOf(input: InputSpec): number {
  if (input.step) return input.step;
  if (input.type === "INT") return 1;
  const span = (input.max ?? Number.POSITIVE_INFINITY) - (input.min ?? Number.NEGATIVE_INFINITY);
  return Number.isFinite(span) && span <= 2 ? 0.01 : 0.1;
}

/** What was typed into this input, null if it is no number. Whole numbers are taken digit by digit, whatever their size. */
export function typedNumber(input: InputSpec, text: string): Whole | null {
  const whole = input.type === "INT" ? wholeIn(text) : null;
  if (whole === null) return calculate(text);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

/** A typed or dragged number as this input holds it: whole for INT, on the grid of `round` for FLOAT. Never clamped. */
export function settle<N extends Whole>(input: InputSpec, value: N): N;
export function settle(input: InputSpec, value: Whole): Whole {
  if (typeof value === "bigint") return value;
  if (input.type === "INT") return Math.round(value);
  const grid = input.round;
  return grid ? tidy(Math.round(value / grid) * grid) : tidy(value);
}

/** Without the dust of binary fractions: 0.30000000000000004 is 0.3. */
export function tidy(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}

/** The value `count` steps further, kept inside the range (that is what a step means; typed values are never clamped). */
export function stepped(input: InputSpec, value: Whole, count: number): Whole {
  if (typeof value === "bigint") return farStepped(input, value, count);
  const beyond = input.type === "INT" && Math.abs(value + count * stepOf(input)) > Number.MAX_SAFE_INTEGER;
  if (beyond && Number.isInteger(value)) return farStepped(input, BigInt(value), count);
  const next = settle(input, value + count * stepOf(input));
  const low = input.min ?? Number.NEGATIVE_INFINITY;
  const high = input.max ?? Number.POSITIVE_INFINITY;
  if (value < low || value > high) return next;
  return Math.min(high, Math.max(low, next));
}

function farStepped(input: InputSpec, value: bigint, count: number): Whole {
  const next = value + BigInt(Math.trunc(count * stepOf(input)));
  const high = input.max == null ? next : exactLimit(input.max);
  const kept = value <= high && next > high ? high : next;
  return Number.isSafeInteger(Number(kept)) ? Number(kept) : kept;
}

/** Why this value can't be used, in the words of a tooltip; null if it can. */
export function rangeFault(input: InputSpec, value: Whole): string | null {
  const { min, max } = input;
  if (min != null && value < min)
    return max != null && max < 1e9 ? `from ${shown(min)} to ${shown(max)}` : `at least ${shown(min)}`;
  if (max != null && value > (typeof value === "bigint" ? exactLimit(max) : max))
    return min != null ? `from ${shown(min)} to ${limitText(max)}` : `at most ${limitText(max)}`;
  return null;
}

function limitText(limit: number): string {
  return Number.isSafeInteger(limit) ? shown(limit) : Number.isInteger(limit) ? grouped(exactLimit(limit)) : shown(limit);
}

/** Why a typed number can't be taken, null if it can. Sums are calculated as JavaScript does, which is exact up to 2^53 only. */
export function typingFault(input: InputSpec, value: Whole | null): string | null {
  if (value === null) return "Not a number. Sums such as 768*2 are fine.";
  const inexact = typeof value === "number" && input.type === "INT" && !Number.isSafeInteger(Math.round(value));
  return inexact ? `Sums go up to ${grouped(Number.MAX_SAFE_INTEGER)}. Type a larger number digit by digit.` : null;
}

/** A number as its field shows it: a FLOAT keeps one decimal, so that it is seen to be one. */
export function fieldText(input: InputSpec, value: Whole): string {
  const text = shown(value);
  return input.type === "FLOAT" && typeof value === "number" && Number.isInteger(value) && !text.includes("e")
    ? `${text}.0`
    : text;
}

/** A number as text that can be typed again. */
export function shown(value: Whole): string {
  return String(typeof value === "bigint" || Number.isInteger(value) ? value : tidy(value));
}

/** A whole number in groups of three. */
export function grouped(value: Whole): string {
  return shown(value).replace(/^-?\d+$/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, GROUP));
}

/** How much of the field's bar is filled, 0 to 1; null where a bar would say nothing. */
export function fillOf(input: InputSpec, value: number): number | null {
  const low = input.min;
  const high = input.max;
  if (low == null || high == null || high <= low || input.control_after_generate || stepOf(input) >= 8) return null;
  const span = softSpan(input, low, high);
  return span === null ? null : Math.min(1, Math.max(0, (value - low) / span));
}

/** A range as long as a bar can show: "1 to 10000" with default 20 is drawn as 1 to 50. */
function softSpan(input: InputSpec, low: number, high: number): number | null {
  const steps = (high - low) / stepOf(input);
  const start = typeof input.default === "number" ? input.default : null;
  if (steps <= 200 || start === null || start <= low || start > low + (high - low) / 5) return steps <= 1000 ? high - low : null;
  return Math.min(high - low, (start - low) * 2.5);
}

/** A new seed: 15 digits at most, so that every stack carries it unharmed. */
export function randomSeed(input: InputSpec, random: () => number = Math.random): number {
  const high = Math.min(input.max ?? 999_999_999_999, 999_999_999_999);
  return Math.floor(random() * (high + 1));
}

/** Seconds with one decimal, "0.1 s" at least; minutes from 100 s on. */
export function duration(seconds: number): string {
  if (seconds < 99.95) return `${Math.max(0.1, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** "4.2 MB". */
export function bytes(count: number): string {
  const [size, unit] = count < 1e6 ? [count / 1e3, "KB"] : count < 1e9 ? [count / 1e6, "MB"] : [count / 1e9, "GB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** "1st", "2nd", "3rd", "11th". */
export function ordinal(n: number): string {
  const tail = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${tail}`;
}
