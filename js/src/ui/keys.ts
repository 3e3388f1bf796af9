/** Keys of the editor. They act only while it has the focus; single letters only where no text is typed. */
import type { KeyboardEvent } from "react";
import { scopeOf } from "./commands/command";
import { commandFor, isPossible, perform } from "./commands/registry";
import type { Workbench } from "./context";
import { whatIsAt } from "./context_menu";
import { isTyping } from "./typing";

const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NUDGE = 10;
/** What can be done by keys while the panel is shown and the graph is not. */
const ON_PANEL = new Set(["run", "stop", "undo", "redo", "panel", "history", "log", "code", "keys"]);

/** Does what the key means here. True if it meant something. */
export function takeKey(event: KeyboardEvent, bench: Workbench): boolean {
  const typing = isTyping(event.target);
  const step = STEPS[event.key];
  if (step && !typing && !event.ctrlKey && !event.metaKey && bench.view.mode === "graph") {
    if (onWidget(event.target)) return false;
    if (event.altKey) bench.actions.nudge(step[0] * NUDGE, step[1] * NUDGE);
    else bench.actions.step(...step);
    return true;
  }
  const command = commandFor(event, typing);
  if (!command) return false;
  if (bench.view.mode === "panel" && !ON_PANEL.has(command.id)) return false;
  const scope = { ...scopeOf(bench), ...whatIsAt(bench, event.target as Element)?.scope };
  if (!isPossible(command, scope)) return false;
  perform(command, scope);
  return true;
}

function onWidget(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("[role=listbox],[role=combobox],[role=menu]") !== null;
}
