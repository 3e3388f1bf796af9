/** Links without a pointer: lists of a node's sockets, and of what each could be joined with. */
import { fits, type Plug } from "../core/compatibility";
import { linkOf, type NodeJSON } from "../core/document";
import { outputType, shownSpec, spoken, titleOf } from "../core/specs";
import { inputOf, slotOf } from "./actions";
import type { Workbench } from "./context";
import type { MenuEntry } from "./menu_entries";

/** The sockets of a node, each with the list of what it could be joined with. */
export function socketsEntries(bench: Workbench, node: NodeJSON): MenuEntry[] {
  const { session } = bench;
  const spec = shownSpec(session.specs, session.doc, node);
  const outputs = spec.outputs.map(
    (output, slot): MenuEntry => ({
      kind: "more",
      id: `out:${slot}`,
      name: `${spoken(output.name)} to`,
      entries: () => partnersOf(bench, node, `out:${slot}`),
    }),
  );
  const inputs = spec.inputs.map(
    (input): MenuEntry => ({
      kind: "more",
      id: `in:${input.name}`,
      name: `${spoken(input.name) || "input"} from`,
      entries: () => partnersOf(bench, node, `in:${input.name}`),
    }),
  );
  return [...outputs, { kind: "line" }, ...inputs];
}

/** What a socket could be joined with, free ones first; a new node; and its unplugging. */
export function partnersOf(bench: Workbench, node: NodeJSON, handle: string): MenuEntry[] {
  return handle.startsWith("out:") ? takers(bench, node, slotOf(handle)) : givers(bench, node, inputOf(handle));
}

function takers(bench: Workbench, node: NodeJSON, slot: number): MenuEntry[] {
  const { session } = bench;
  const type = outputType(session.specs, session.doc, node.id, slot);
  const sockets: MenuEntry[] = [];
  const fields: MenuEntry[] = [];
  for (const other of session.doc.nodes.values()) {
    for (const input of shownSpec(session.specs, session.doc, other).inputs) {
      if (!fits(type, input.type)) continue;
      const entry = plugEntry(
        bench,
        { source: node.id, slot, target: other.id, input: input.name },
        other,
        input.name,
        input.type,
      );
      if (entry) (input.widget ? fields : sockets).push(entry);
    }
  }
  const more = newNode(bench, node, `out:${slot}`, "source", type);
  return [...sockets, ...(type === "*" && sockets.length > 0 ? [] : fields), { kind: "line" }, more];
}

function givers(bench: Workbench, node: NodeJSON, input: string): MenuEntry[] {
  const { session } = bench;
  const type = session.specs.get(node.type)?.inputs.find(({ name }) => name === input)?.type ?? "*";
  const entries: MenuEntry[] = [];
  for (const other of session.doc.nodes.values()) {
    shownSpec(session.specs, session.doc, other).outputs.forEach((output, slot) => {
      const given = outputType(session.specs, session.doc, other.id, slot);
      if (!fits(given, type)) return;
      const entry = plugEntry(bench, { source: other.id, slot, target: node.id, input }, other, output.name, given);
      if (entry) entries.push(entry);
    });
  }
  const unplug: MenuEntry[] = linkOf(node, input)
    ? [{ kind: "do", id: "unplug", name: "Unplug", icon: "close", run: () => bench.actions.unplug(node.id, input) }]
    : [];
  return [...entries, { kind: "line" }, newNode(bench, node, `in:${input}`, "target", type), ...unplug];
}

function plugEntry(bench: Workbench, plug: Plug, other: NodeJSON, socket: string, type: string): MenuEntry | null {
  const { session, actions } = bench;
  if (actions.refusalOf(plug) !== null) return null;
  const target = session.doc.nodes.get(plug.target);
  const now = target && linkOf(target, plug.input);
  const here = now?.[0] === plug.source && now[1] === plug.slot;
  const name = `${titleOf(other, session.specs.get(other.type))}, ${spoken(socket) || "input"}`;
  return {
    kind: "do",
    id: `${plug.source}.${plug.slot}.${plug.target}.${plug.input}`,
    name,
    type,
    checked: here,
    said: now && !here && plug.target === other.id ? "taken" : `#${other.id}`,
    run: () => actions.connect(plug, null),
  };
}

function newNode(bench: Workbench, node: NodeJSON, handle: string, side: "source" | "target", type: string): MenuEntry {
  const from = { node: node.id, handle, side, type, unplugged: null };
  return {
    kind: "do",
    id: "new",
    name: "A new node",
    icon: "add",
    run: () => bench.actions.openPalette(undefined, { type, wants: side === "source" ? "input" : "output", from }),
  };
}
