/**
 * `text` with every match of `pattern` replaced. Throws when another number of matches than `times` is found: the library was updated,
 * and what is left out of it has to be looked at again. Without `times` any number but none will do.
 */
export function swapped(text, path, pattern, replacement, times) {
  const found = text.match(pattern)?.length ?? 0;
  if (times === undefined ? found === 0 : found !== times) {
    throw new Error(
      `${path}: ${pattern} matches ${found} times, not ${times ?? "once or more"}. Was the library updated? See js/scripts/lean.`,
    );
  }
  return text.replace(pattern, replacement);
}
