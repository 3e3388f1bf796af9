/** Which menu a right click, a long press or the menu key opens: that of the socket, field, node, link or frame there, else the canvas'. */
import type { MouseEvent } from "react";
import { spoken, titleOf } from "../core/specs";
import { parseLink } from "./actions";
import { type Place, type Scope, scopeOf } from "./commands/command";
import { menuOf } from "./commands/registry";
import type { Workbench } from "./context";
import { partnersOf } from "./linking_menu";
import type { MenuEntry, MenuRequest } from "./menu_entries";
import { isTyping } from "./typing";
import type { Spot } from "./view";

/** What the element is part of, from the inside out. */
export function whatIsAt(bench: Workbench, element: Element): { place: Place; scope: Scope } | null {
  const field = element.closest<HTMLElement>("[data-vnb-field]")?.dataset.vnbField;
  const node = element.closest<HTMLElement>("[data-vnb-node]")?.dataset.vnbNode;
  const socket = element.closest<HTMLElement>("[data-vnb-socket]")?.dataset.handleid;
  const link = element.closest<HTMLElement>("[data-vnb-link]")?.dataset.vnbLink;
  const frame = element.closest<HTMLElement>("[data-vnb-frame]")?.dataset.vnbFrame;
  if (node !== undefined && socket) return { place: "socket", scope: scopeOf(bench, { socket: { node, handle: socket } }) };
  if (field !== undefined) {
    const owner = [...bench.session.doc.nodes.keys()].find(
      (id) => field.startsWith(`${id}.`) && (node === undefined || node === id),
    );
    if (owner !== undefined)
      return { place: "field", scope: scopeOf(bench, { field: { node: owner, input: field.slice(owner.length + 1) } }) };
  }
  if (node !== undefined) return { place: "node", scope: scopeOf(bench) };
  if (link !== undefined) return { place: "link", scope: scopeOf(bench, { link: parseLink(link) }) };
  if (frame !== undefined) return { place: "frame", scope: scopeOf(bench, { frame }) };
  return element.closest(".vnb-canvas") ? { place: "canvas", scope: scopeOf(bench) } : null;
}

export function openContextMenu(event: MouseEvent, bench: Workbench): void {
  const target = event.target as HTMLElement;
  event.stopPropagation();
  const byHand = (event.nativeEvent as PointerEvent).pointerType !== "" || event.button === 2;
  if (byHand && isTyping(target) && target === document.activeElement) return; // The browser's own menu of a text.
  if (openMenuAt(bench, target, { x: event.clientX, y: event.clientY })) event.preventDefault();
}

/** Opens the menu of what this element is part of. False if nothing can be done there. */
export function openMenuAt(bench: Workbench, target: HTMLElement, at: Spot): boolean {
  const what = whatIsAt(bench, target);
  if (!what) return false;
  const id = target.closest<HTMLElement>("[data-vnb-node]")?.dataset.vnbNode;
  takeIntoSelection(bench, what.place, what.scope, id);
  const request = menuFor(what.place, { ...what.scope, at }, id);
  if (request.entries.length === 0) return false;
  bench.view.update("menu", request);
  return true;
}

/** What is clicked is selected, unless it is already among what is. */
function takeIntoSelection({ view }: Workbench, place: Place, { link, frame }: Scope, id: string | undefined): void {
  if (id !== undefined) {
    if (!view.selection.has(id)) view.select([id]);
  } else if (place === "link" && link) {
    view.select([], [JSON.stringify([link.target, link.input, link.source, link.slot])]);
  } else if (place === "frame" && frame !== null && !view.selectedFrames.has(frame)) view.select([], [], [frame]);
}

function menuFor(place: Place, scope: Scope, id: string | undefined): MenuRequest {
  const { session } = scope.bench;
  const node = session.doc.nodes.get(id ?? scope.field?.node ?? "");
  const title = node ? titleOf(node, session.specs.get(node.type)) : "";
  const at = scope.at ?? { x: 0, y: 0 };
  if (place === "socket" && node && scope.socket) {
    const name = `Link ${spoken(socketName(scope, node.type))} with`;
    return { name, at, entries: [{ kind: "title", text: name }, ...partnersOf(scope.bench, node, scope.socket.handle)] };
  }
  if (place === "field" && scope.field) {
    const whole: MenuEntry = { kind: "more", id: "node", name: title, icon: "node", entries: () => menuOf("node", scope) };
    return {
      name: spoken(scope.field.input),
      at,
      entries: [...menuOf("field", scope), { kind: "line" }, ...(id === undefined ? [] : [whole])],
    };
  }
  const names: Record<Place, string> = { canvas: "Canvas", node: title, link: "Link", frame: "Frame", field: "", socket: "" };
  return { name: names[place], at, entries: menuOf(place, scope) };
}

function socketName({ bench, socket }: Scope, type: string): string {
  const handle = socket?.handle ?? "";
  if (handle.startsWith("in:")) return handle.slice("in:".length) || "input";
  return bench.session.specs.get(type)?.outputs[Number(handle.slice("out:".length))]?.name ?? "output";
}
