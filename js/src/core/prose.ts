/** What authors wrote about their nodes: words with code between equal runs of backticks. */

const CODE = /(?<!`)(`+)(?!`)([^`]+)\1(?!`)/g;

/** The words alone, for where nothing but text can be shown. */
export function plainProse(text: string): string {
  return text.replace(CODE, "$2");
}

/** The tooltip of an input or an output. */
export function tipOf({ tooltip }: { tooltip?: string }): string | undefined {
  return tooltip && plainProse(tooltip);
}

/** The words in order, and which of them are code. */
export function proseParts(text: string): { text: string; code: boolean }[] {
  const parts: { text: string; code: boolean }[] = [];
  let end = 0;
  for (const match of text.matchAll(CODE)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), code: false });
    parts.push({ text: match[2] ?? "", code: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), code: false });
  return parts;
}
