/** Copy, cut, paste and duplicate: nodes as text on the system's clipboard, so that they reach other notebooks. */
import { type Clip, clipOf, clipText, groundOf, pasted, readClip } from "../core/clip";
import { frameOf, nodesInside } from "../core/frames";
import { removal } from "../core/ops";
import type { Workbench } from "./context";
import { boxesOf, placesOf } from "./geometry";
import type { Spot } from "./view";

/** How far a copy lies from what it was made of, in pixels at 100 %. */
const ASIDE = 30;

/** What is selected: nodes, frames, and what lies in those frames. */
function selectedClip({ session, view }: Workbench): Clip {
  const nodes = new Set(view.selection);
  const boxes = boxesOf(session, view);
  for (const id of view.selectedFrames) {
    const frame = frameOf(session.doc, id);
    if (frame) for (const inside of nodesInside(session.doc, frame.box, boxes)) nodes.add(inside);
  }
  return clipOf(session.doc, nodes, view.selectedFrames, placesOf(session, view));
}

/** The selection as the clipboard's text; null if nothing is selected. */
export function selectionText(bench: Workbench): string | null {
  const clip = selectedClip(bench);
  return clip.nodes.length + clip.frames.length > 0 ? clipText(clip) : null;
}

export async function copySelection(bench: Workbench): Promise<void> {
  const text = selectionText(bench);
  if (text !== null) await putOnClipboard(bench, text);
}

export async function cutSelection(bench: Workbench): Promise<void> {
  const text = selectionText(bench);
  if (text !== null && (await putOnClipboard(bench, text))) removeCopied(bench);
}

/** Takes out what was cut: the selected nodes and frames, and the nodes in those frames. */
export function removeCopied(bench: Workbench): void {
  const { session, view } = bench;
  const { nodes } = selectedClip(bench);
  const frames = [...view.selectedFrames].map((id) => ({ op: "frame" as const, id, frame: null }));
  session.edit([...removal(nodes.map(({ id }) => id)), ...frames]);
  view.select([]);
}

export function duplicateSelection(bench: Workbench): void {
  const clip = selectedClip(bench);
  if (clip.nodes.length + clip.frames.length > 0) put(bench, clip, [ASIDE, ASIDE], true);
}

/** Pastes what the clipboard holds, at the pointer if it is over the canvas. What can't be pasted is said, and changes nothing. */
export function pasteText(bench: Workbench, text: string): void {
  const { session, actions } = bench;
  const reading = readClip(text);
  if (reading.kind === "refused") {
    actions.say(reading.reason);
  } else if (reading.kind === "workflow") {
    session.openText(text);
    actions.say("Opened the workflow from the clipboard. Undo brings back what was here.", "said");
  } else {
    const ground = groundOf(reading.clip);
    const spot = landing(bench, reading.clip);
    put(bench, reading.clip, [spot.x - ground.x, spot.y - ground.y], false);
  }
}

/** Pastes when a menu asks for it: only some browsers let a page read the clipboard without its key. */
export async function pasteFromClipboard(bench: Workbench): Promise<void> {
  const said = `This browser gives the clipboard only to its own key: press ${navigator.platform.includes("Mac") ? "⌘ V" : "Ctrl V"}.`;
  try {
    pasteText(bench, await navigator.clipboard.readText());
  } catch {
    bench.actions.say(said, "said");
  }
}

/** Where the corner of what is pasted goes: the pointer, else the middle of what is in view; aside of a copy that lies there. */
function landing({ session, view, actions }: Workbench, clip: Clip): Spot {
  let { x, y } = actions.placeInView();
  const at = placesOf(session, view);
  const taken = new Set([...session.doc.nodes.keys()].map((id) => at(id).map(Math.round).join()));
  const first = clip.nodes[0]?.position ?? [0, 0];
  const ground = groundOf(clip);
  const hits = () => taken.has([Math.round(first[0] - ground.x + x), Math.round(first[1] - ground.y + y)].join());
  while (hits()) [x, y] = [x + ASIDE, y + ASIDE];
  return { x, y };
}

function put(bench: Workbench, clip: Clip, shift: [number, number], outside: boolean): void {
  const { session, view, actions } = bench;
  const { ops, nodes, frames } = pasted(session.doc, clip, shift, outside);
  session.edit(ops);
  view.select(nodes, [], frames);
  const [first] = nodes;
  if (first !== undefined) requestAnimationFrame(() => actions.focusNode(first));
}

/** The Python of these nodes, or of all, on the clipboard. */
export async function copyPython(bench: Workbench, nodes?: string[]): Promise<void> {
  try {
    const text = await bench.session.askText("python", nodes && { nodes });
    if (await putOnClipboard(bench, text)) bench.actions.say("Copied as Python.", "said");
  } catch (error) {
    bench.actions.say(error instanceof Error ? error.message : String(error));
  }
}

/** Copies how a cell names something of the workbench ("wb") or of its workflow ("wf"): `text` begins with one of them. */
export async function copyName(bench: Workbench, text: string): Promise<void> {
  const { session } = bench;
  try {
    const named = (await session.askText(text.slice(0, 2) as "wb" | "wf")) + text.slice(2);
    if (await putOnClipboard(bench, named)) session.say("info", `Copied ${named}`);
  } catch (error) {
    session.say("warning", error instanceof Error ? error.message : String(error));
  }
}

/** Puts a text on the clipboard: by the browser's own way, else by that of old browsers and of pages without https. */
export async function putOnClipboard({ root, actions }: Workbench, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (copyByEvent(root(), text)) return true;
    actions.say("This browser does not let the editor use the clipboard.");
    return false;
  }
}

function copyByEvent(root: HTMLElement | null, text: string): boolean {
  let done = false;
  const answer = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
    done = true;
  };
  const target = root?.ownerDocument ?? document;
  target.addEventListener("copy", answer, true);
  try {
    target.execCommand("copy");
  } finally {
    target.removeEventListener("copy", answer, true);
  }
  return done;
}
