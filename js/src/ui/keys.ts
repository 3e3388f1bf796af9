/** Keys of the editor. They act only while it has the focus; single letters only where no text is typed. */
import type { KeyboardEvent } from "react";
import type { Actions } from "./actions";
import type { View } from "./view";

const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NUDGE = 10;

/** Does what the key means here. True if it meant something. */
export function takeKey(event: KeyboardEvent, actions: Actions, view: View): boolean {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (command && !event.altKey && takeCommand(key, event, actions)) return true;
  if (isTyping(event.target)) return false;
  if (command) return false;
  const step = STEPS[event.key];
  if (step) {
    if (onWidget(event.target)) return false;
    if (event.altKey) actions.nudge(step[0] * NUDGE, step[1] * NUDGE);
    else actions.step(...step);
    return true;
  }
  if (event.altKey) return false;
  return takeLetter(key, event.shiftKey, actions, view);
}

function takeCommand(key: string, event: KeyboardEvent, actions: Actions): boolean {
  const typing = isTyping(event.target);
  switch (key) {
    case "Enter":
      if (event.shiftKey) actions.runSelection();
      else actions.run();
      return true;
    case ".":
      actions.stop();
      return true;
    case "z":
      if (typing) return false;
      if (event.shiftKey) actions.redo();
      else actions.undo();
      return true;
    case "y":
      if (typing) return false;
      actions.redo();
      return true;
    case "a":
      if (typing) return false;
      actions.selectAll();
      return true;
    default:
      return false;
  }
}

function takeLetter(key: string, shift: boolean, actions: Actions, view: View): boolean {
  switch (key) {
    case "Delete":
    case "Backspace":
      actions.removeSelected();
      return true;
    case "a":
      if (!shift) return false;
      actions.openPaletteAtPointer();
      return true;
    case "/":
      actions.openPaletteAtPointer();
      return true;
    case "f":
      if (shift) actions.fitAll();
      else actions.fitSelection();
      return true;
    case "1":
      actions.zoom("100");
      return true;
    case "l":
      actions.tidy();
      return true;
    case "m":
      if (view.selection.size === 0) return false;
      actions.toggleMode("muted");
      return true;
    case "b":
      if (view.selection.size === 0) return false;
      actions.toggleMode("bypassed");
      return true;
    default:
      return false;
  }
}

/** Whether text is being typed into the thing that has the focus. */
export function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function onWidget(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("[role=listbox],[role=combobox]") !== null;
}
