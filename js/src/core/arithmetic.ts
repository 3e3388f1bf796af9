/** Arithmetic in number fields: `768*2`, `(1+2)/3`, `2**10`. A small parser; nothing is ever evaluated as code. */

/** The number that `text` says, null if it is not a sum. */
export function calculate(text: string): number | null {
  const tokens = tokenize(text);
  if (!tokens || tokens.length === 0) return null;
  const reader = new Reader(tokens);
  const value = sum(reader);
  return value !== null && reader.done && Number.isFinite(value) ? value : null;
}

class Reader {
  private at = 0;
  constructor(private readonly tokens: readonly (string | number)[]) {}
  get done(): boolean {
    return this.at >= this.tokens.length;
  }
  get next(): string | number | undefined {
    return this.tokens[this.at];
  }
  take(): string | number | undefined {
    return this.tokens[this.at++];
  }
}

function tokenize(text: string): (string | number)[] | null {
  const tokens: (string | number)[] = [];
  const pattern = /\s*(?:(\d[\d\u00a0\u202f ]*(?:[.,]\d*)?(?:[eE][+-]?\d+)?|[.,]\d+(?:[eE][+-]?\d+)?)|(\*\*|[-+*/%()×·÷−^]))/y;
  const trimmed = text.trim();
  if (trimmed.length > 200) return null;
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    if (!match) return null;
    if (match[1] !== undefined) tokens.push(Number(match[1].replace(/[\u00a0\u202f ]/g, "").replace(",", ".")));
    else tokens.push(plain(match[2] as string));
  }
  return tokens;
}

function plain(sign: string): string {
  return { "×": "*", "·": "*", "÷": "/", "−": "-", "^": "**" }[sign] ?? sign;
}

function sum(reader: Reader): number | null {
  let left = product(reader);
  while (left !== null && (reader.next === "+" || reader.next === "-")) {
    const sign = reader.take();
    const right = product(reader);
    if (right === null) return null;
    left = sign === "+" ? left + right : left - right;
  }
  return left;
}

function product(reader: Reader): number | null {
  let left = signed(reader);
  while (left !== null && (reader.next === "*" || reader.next === "/" || reader.next === "%")) {
    const sign = reader.take();
    const right = signed(reader);
    if (right === null) return null;
    left = sign === "*" ? left * right : sign === "/" ? left / right : left % right;
  }
  return left;
}

function signed(reader: Reader): number | null {
  if (reader.next === "-" || reader.next === "+") {
    const sign = reader.take();
    const value = signed(reader);
    return value === null ? null : sign === "-" ? -value : value;
  }
  return power(reader);
}

function power(reader: Reader): number | null {
  const base = atom(reader);
  if (base === null || reader.next !== "**") return base;
  reader.take();
  const exponent = signed(reader);
  return exponent === null ? null : base ** exponent;
}

function atom(reader: Reader): number | null {
  const token = reader.take();
  if (typeof token === "number") return token;
  if (token !== "(") return null;
  const value = sum(reader);
  return reader.take() === ")" ? value : null;
}
