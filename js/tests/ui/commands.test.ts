import { describe, expect, it } from "vitest";
import { toJSON } from "../../src/core/document";
import type { ToBrowser, ToKernel } from "../../src/sync/messages";
import { Session } from "../../src/sync/session";
import { Actions } from "../../src/ui/actions";
import { comboOf, spelled } from "../../src/ui/commands/combos";
import { type Scope, scopeOf } from "../../src/ui/commands/command";
import { COMMANDS, commandFor, commandNamed, findCommands, menuOf } from "../../src/ui/commands/registry";
import type { Workbench } from "../../src/ui/context";
import { type MenuEntry, matching, tidied } from "../../src/ui/menu_entries";
import { View } from "../../src/ui/view";
import { chain, SPECS } from "../sample";

/** A view of the sample workflow, and what it tells the kernel. */
function opened(): { scope: Scope; sent: ToKernel[]; view: View; session: Session } {
  const sent: ToKernel[] = [];
  let tell: (message: ToBrowser) => void = () => {};
  const transport = {
    send: (message: ToKernel) => void sent.push(message),
    listen: (receive: (message: ToBrowser, buffers: never[]) => void) => {
      tell = (message) => receive(message, []);
      return () => {};
    },
  };
  const session = new Session(transport, "v");
  tell({
    kind: "snapshot",
    view: "v",
    protocol: 1,
    rev: 1,
    document: toJSON(chain()),
    specs: SPECS,
    can_undo: false,
    can_redo: false,
    problems: [],
    run: null,
    nodes: {},
    title: "",
    static: "",
    kernel: { python: "3", version: "0" },
  });
  const view = new View();
  const root = () => null;
  const bench: Workbench = { session, view, actions: new Actions(session, view, root), root };
  return { scope: scopeOf(bench), sent, view, session };
}

const press = (key: string, mods: Partial<Record<"ctrlKey" | "shiftKey" | "altKey" | "metaKey", boolean>> = {}) => ({
  key,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  ...mods,
});
const names = (entries: MenuEntry[]) => entries.flatMap((entry) => ("name" in entry ? [entry.name] : ["-"]));

describe("keys", () => {
  it("are read as they are written", () => {
    expect(comboOf(press("c", { ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+C");
    expect(comboOf(press("c", { metaKey: true }))).toBe("Ctrl+C");
    expect(comboOf(press("ArrowUp", { altKey: true }))).toBe("Alt+ArrowUp");
  });
  it("signs are signs, whatever makes them on a keyboard", () => {
    expect(comboOf(press("?", { shiftKey: true }))).toBe("?");
    expect(comboOf(press("/", { shiftKey: true }))).toBe("/");
  });
  it("Backspace deletes as Delete does", () => expect(comboOf(press("Backspace", { ctrlKey: true }))).toBe("Ctrl+Delete"));
  it("are shown as the machine has them", () => {
    expect(spelled("Ctrl+Shift+C", false)).toBe("Ctrl Shift C");
    expect(spelled("Ctrl+Shift+C", true)).toBe("⌘ ⇧ C");
    expect(spelled("Ctrl++", false)).toBe("Ctrl +");
  });
  it("mean one command each, but for what takes away the thing under the pointer", () => {
    const seen = new Map<string, string>();
    for (const { id, keys, pointed } of COMMANDS) {
      for (const key of keys ?? []) {
        if (pointed && key === "Delete") continue;
        expect(seen.get(key), `${key} of ${id}`).toBeUndefined();
        seen.set(key, id);
      }
    }
    expect(commandFor(press("Delete"), false)?.id).toBe("delete");
  });
  it("single letters do nothing while text is typed, running does", () => {
    expect(commandFor(press("m"), false)?.id).toBe("mute");
    expect(commandFor(press("m"), true)).toBeUndefined();
    expect(commandFor(press("Enter", { ctrlKey: true }), true)?.id).toBe("run");
    expect(commandFor(press("z", { ctrlKey: true }), true)).toBeUndefined();
  });
  it("copy, cut and paste are left to the browser, which makes events of them", () => {
    for (const key of ["c", "x", "v"]) expect(commandFor(press(key, { ctrlKey: true }), false)).toBeUndefined();
  });
});

describe("menus", () => {
  it("list what is possible there, with a line between groups", () => {
    const { scope, view } = opened();
    view.select(["3"]);
    const own = names(menuOf("node", scope));
    expect(own).toContain("Duplicate");
    expect(own).not.toContain("Align");
    view.select(["3", "4"]);
    expect(names(menuOf("node", scope))).toContain("Align");
    expect(own[0]).not.toBe("-");
    expect(own.at(-1)).not.toBe("-");
  });
  it("name what they would do now", () => {
    const { scope, view } = opened();
    view.select(["3"]);
    expect(names(menuOf("node", scope))).toContain("Mute");
    commandNamed("mute").run?.(scope);
    expect(names(menuOf("node", scope))).toContain("Unmute");
  });
  it("have no line at an end or beside another", () => {
    const line: MenuEntry = { kind: "line" };
    const entry: MenuEntry = { kind: "do", id: "a", name: "a", run: () => {} };
    expect(tidied([line, entry, line, line, entry, line])).toEqual([entry, line, entry]);
  });
  it("are searched by name", () => {
    const entry = (name: string): MenuEntry => ({ kind: "do", id: name, name, run: () => {} });
    expect(matching([entry("Prompt, clip"), { kind: "line" }, entry("Decode, vae")], "vae")).toHaveLength(1);
  });
});

describe("actions", () => {
  it("are found by their words, and only where they are possible", () => {
    const { scope, view } = opened();
    const found = (query: string) => findCommands(query, scope).map(({ id }) => id);
    expect(found("")).toEqual([]);
    expect(found("tidy")).toEqual(["tidy"]);
    expect(found("duplicate")).toEqual([]);
    view.select(["3"]);
    expect(found("duplicate")).toEqual(["duplicate"]);
  });

  it("a duplicate keeps its links, has a new id and is selected", () => {
    const { scope, view, session } = opened();
    view.select(["3"]);
    globalThis.requestAnimationFrame ??= () => 0;
    commandNamed("duplicate").run?.(scope);
    expect(session.doc.nodes.get("6")?.links).toEqual(session.doc.nodes.get("3")?.links);
    expect([...view.selection]).toEqual(["6"]);
  });

  it("a frame goes around what is selected and asks for its title", () => {
    const { scope, view, session } = opened();
    view.select(["3", "4"]);
    commandNamed("frame").run?.(scope);
    expect(Object.keys(session.doc.frames)).toEqual(["1"]);
    expect(view.renaming).toBe("frame:1");
    commandNamed("delete").run?.(scope);
    expect(session.doc.frames).toEqual({});
    expect(session.doc.nodes.size).toBe(5);
  });

  it("folding and unfolding is one step each, for all that is selected", () => {
    const { scope, view, session, sent } = opened();
    view.select(["3", "4"]);
    commandNamed("fold").run?.(scope);
    expect(session.doc.nodes.get("4")?.folded).toBe(true);
    commandNamed("fold").run?.(scope);
    expect(session.doc.nodes.get("4")?.folded).toBeFalsy();
    expect(sent.filter(({ kind }) => kind === "edit")).toHaveLength(2);
  });

  it("a socket lists what it could be joined with, and joins it", () => {
    const { scope, view, session } = opened();
    view.select(["2"]);
    session.edit([{ op: "unlink", id: "3", input: "latent" }]);
    const [socket] = commandNamed("link").entries?.(scope) ?? [];
    if (socket?.kind !== "more") throw new Error("no list behind the socket");
    const partners = socket.entries();
    expect(names(partners).filter((name) => name !== "-")).toEqual(["Sampler, latent", "Decode, samples", "A new node"]);
    const [first] = partners;
    if (first?.kind === "do") first.run();
    expect(session.doc.nodes.get("3")?.links.latent).toEqual(["2", 0]);
  });

  it("a reroute is put into the selected link", () => {
    const { scope, view, session } = opened();
    view.select([], [JSON.stringify(["4", "vae", "1", 1])]);
    scope.bench.actions.flow = { screenToFlowPosition: ({ x, y }: { x: number; y: number }) => ({ x, y }) } as never;
    commandNamed("reroute").run?.({ ...scope, at: { x: 100, y: 40 } });
    expect(session.doc.nodes.get("6")?.type).toBe("Reroute");
    expect(session.doc.nodes.get("4")?.links.vae).toEqual(["6", 0]);
  });

  it("a field goes back to its default only when it is away from it", () => {
    const { scope, session } = opened();
    const field = { ...scope, field: { node: "3", input: "steps" } };
    expect(names(menuOf("field", field))).not.toContain("Back to the default");
    session.set("3", "steps", 30);
    expect(names(menuOf("field", field))).toContain("Back to the default");
    commandNamed("default").run?.(field);
    expect(session.doc.nodes.get("3")?.values.steps).toBeUndefined(); // the default holds
    expect(names(menuOf("field", field))).not.toContain("Back to the default");
  });

  it("a star puts a field on the panel and takes it off again", () => {
    const { scope, session } = opened();
    const field = { ...scope, field: { node: "3", input: "denoise" } };
    const on = () => (session.doc.panel ?? []).some(({ node, input }) => node === "3" && input === "denoise");
    commandNamed("star").run?.(field);
    expect(on()).toBe(true);
    commandNamed("star").run?.(field);
    expect(on()).toBe(false);
  });
});
