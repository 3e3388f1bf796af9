/** Keys as text: "Ctrl+Shift+C" for what was pressed, and for what a person reads. */

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const NAMES: Record<string, string> = { " ": "Space", Backspace: "Delete" };

/** What was pressed. Signs such as "?" are what they are, whichever keys make them on this keyboard. */
export function comboOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string {
  const letter = key.length === 1 ? key.toUpperCase() : (NAMES[key] ?? key);
  const sign = letter.length === 1 && !/\p{L}/u.test(letter);
  return [
    ...(ctrlKey || metaKey ? ["Ctrl"] : []),
    ...(altKey ? ["Alt"] : []),
    ...(shiftKey && !sign ? ["Shift"] : []),
    letter,
  ].join("+");
}

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** As this machine's keyboard has it: "Ctrl Shift C" or "⌘ ⇧ C". */
export function spelled(combo: string, mac = MAC): string {
  const text = combo.replace(/\+(?=.)/g, " ");
  return mac ? text.replace("Ctrl", "⌘").replace("Shift", "⇧").replace("Alt", "⌥") : text;
}

/** The same for screen readers, as `aria-keyshortcuts` wants it. */
export function shortcut(combo: string): string {
  return combo.replace("Ctrl", MAC ? "Meta" : "Control");
}
