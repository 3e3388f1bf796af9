import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Doc, toJSON } from "../../src/core/document";
import { apply, type Op } from "../../src/core/ops";
import type { ToBrowser, ToKernel } from "../../src/sync/messages";
import { Session } from "../../src/sync/session";
import { storedEdits, storeEdits } from "../../src/sync/stored_edits";
import type { Transport } from "../../src/sync/transport";
import { chain, SPECS } from "../sample";

let last = 0;

/** A widget of a workbench, whose kernel confirms nothing by itself. */
class Widget implements Transport {
  sent: ToKernel[] = [];
  sessions: Session[] = [];
  private readonly listeners = new Set<(message: ToBrowser, buffers: []) => void>();
  private readonly name = `widget ${++last}`;

  constructor(
    private readonly id: string | undefined,
    private readonly doc: Doc = chain(),
    private readonly View: typeof Session = Session,
  ) {}

  send(message: ToKernel): void {
    this.sent.push(structuredClone(message));
  }
  listen(receive: (message: ToBrowser, buffers: []) => void): () => void {
    this.listeners.add(receive);
    return () => this.listeners.delete(receive);
  }
  say(message: ToBrowser): void {
    for (const listener of this.listeners) listener(message, []);
  }
  open(): Session {
    const view = `view ${++last}`;
    const session = new this.View(this, view);
    this.sessions.push(session);
    const rest = {
      can_undo: false,
      can_redo: false,
      problems: [],
      run: null,
      nodes: {},
      title: "",
      kernel: { python: "3", version: "0" },
    };
    const keeping = { state: "kept", text: "", ...(this.id ? { id: this.id } : {}) } as const;
    const document = toJSON(this.doc);
    this.say({ kind: "snapshot", view, protocol: 1, rev: 3, document, specs: SPECS, static: this.name, keeping, ...rest });
    return session;
  }
  get edits(): Op[][] {
    return this.sent.filter((message) => message.kind === "edit").map((message) => message.ops);
  }
}

const set = (value: number): Op => ({ op: "set", id: "3", input: "steps", value });

describe("edits that no kernel confirmed", () => {
  const widgets: Widget[] = [];
  const widget = (id: string | undefined, doc?: Doc) => {
    const made = new Widget(id, doc);
    widgets.push(made);
    return made;
  };
  afterEach(() => {
    for (const made of widgets) {
      for (const session of made.sessions) {
        for (const message of made.sent) {
          if (message.kind !== "edit" || message.view !== session.view) continue;
          const { ops, view: origin, seq } = message;
          made.say({ kind: "applied", rev: 0, ops, origin, seq, can_undo: true, can_redo: false });
        }
        session.close();
      }
    }
    widgets.length = 0;
    vi.restoreAllMocks();
  });

  it("are made again in the workbench's next widget, after the kernel was killed", () => {
    const dead = widget("a").open();
    dead.edit([set(5)]);
    dead.edit([{ op: "title", id: "3", title: "Mine" }]);
    const next = widget("a");
    const session = next.open();
    expect(next.edits).toEqual([[set(5)], [{ op: "title", id: "3", title: "Mine" }]]);
    expect(session.doc.nodes.get("3")?.title).toBe("Mine");
  });

  it("are made again when the view was closed before the answer came, and only once", () => {
    const closed = widget("a").open();
    closed.edit([set(5)]);
    closed.close();
    const next = widget("a");
    next.open();
    next.open();
    expect(next.edits).toEqual([[set(5)]]);
  });

  it("are left alone by another view of the same widget, by other workbenches, and where nothing is kept", () => {
    const shown = widget("a");
    shown.open().edit([set(5)]);
    shown.open();
    expect(shown.edits).toEqual([[set(5)]]);
    for (const id of ["b", undefined]) {
      const other = widget(id);
      other.open();
      expect(other.edits).toEqual([]);
    }
  });

  it("are left out where the document has them already, or means something else by the node", () => {
    const dead = widget("a").open();
    dead.edit([set(5)]);
    dead.edit([{ op: "remove", id: "2" }]);
    const other = apply(apply(chain(), set(5)), { op: "remove", id: "2" });
    const node = { id: "2", type: "Another", values: {}, links: {} };
    const next = widget("a", apply(other, { op: "add", node }));
    next.open();
    expect(next.edits).toEqual([]);
  });

  it("that were confirmed are not made twice", () => {
    const shown = widget("a");
    const session = shown.open();
    session.edit([set(5)]);
    shown.say({ kind: "applied", rev: 4, ops: [set(5)], origin: session.view, seq: 1, can_undo: true, can_redo: false });
    const next = widget("a");
    next.open();
    expect(next.edits).toEqual([]);
  });
});

/** What a browser keeps for a page, as far as these tests need it. */
class Storage {
  [key: string]: unknown;
  setItem(key: string, text: string): void {
    this[key] = text;
  }
  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

describe("edits that outlive the page", () => {
  let page = 0;
  /** The workbench in a page of its own: the one before it is gone, with all that was in it. */
  const reopened = async (id: string, doc?: Doc): Promise<{ session: Session; widget: Widget }> => {
    vi.resetModules();
    Reflect.deleteProperty(globalThis, Symbol.for("virgil_nb.unconfirmed"));
    const { Session: Fresh } = await import("../../src/sync/session");
    const widget = new Widget(id, doc, Fresh as unknown as typeof Session);
    return { session: widget.open(), widget };
  };
  beforeEach(() => {
    page++;
    vi.stubGlobal("localStorage", new Storage());
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const steps = (session: Session) => session.doc.nodes.get("3")?.values.steps;

  it("are offered by the next page, and made again when they are taken", async () => {
    const first = await reopened(`left ${page}`);
    for (const value of [3, 30, 31]) first.session.edit([set(value)]); // typed letter by letter
    vi.advanceTimersByTime(600);
    const { session, widget } = await reopened(`left ${page}`);
    expect(steps(session)).not.toBe(31);
    expect(session.leftBehind?.steps).toEqual([[set(31)]]);
    session.takeLeftBehind("edits");
    expect(steps(session)).toBe(31);
    expect(widget.edits).toEqual([[set(31)]]);
    expect(session.leftBehind).toBeNull();
  });

  it("are forgotten when they are not wanted", async () => {
    (await reopened(`left ${page}`)).session.edit([set(31)]);
    vi.advanceTimersByTime(600);
    (await reopened(`left ${page}`)).session.takeLeftBehind("forget");
    const { session } = await reopened(`left ${page}`);
    expect(session.leftBehind).toBeNull();
    expect(Object.keys(localStorage)).toEqual([]);
  });

  it("are not offered once the kernel has them", async () => {
    const { session, widget } = await reopened(`left ${page}`);
    session.edit([set(31)]);
    vi.advanceTimersByTime(600);
    expect(Object.keys(localStorage)).toHaveLength(1);
    const view = widget.sessions[0]?.view ?? "";
    widget.say({ kind: "applied", rev: 4, ops: [set(31)], origin: view, seq: 1, can_undo: true, can_redo: false });
    expect(Object.keys(localStorage)).toEqual([]);
    expect((await reopened(`left ${page}`)).session.leftBehind).toBeNull();
  });

  it("are not offered where they would change nothing", async () => {
    (await reopened(`left ${page}`)).session.edit([set(31)]);
    vi.advanceTimersByTime(600);
    const { session } = await reopened(`left ${page}`, apply(chain(), set(31)));
    expect(session.leftBehind).toBeNull();
  });

  it("are kept of a bounded number of workbenches, and not at all when they are huge", () => {
    const edits = { types: { 3: "KSampler" }, steps: [[set(31)]] };
    for (let day = 1; day <= 25; day++) {
      storeEdits(`many ${day}`, { ...edits, saved: new Date(Date.UTC(2026, 0, day)).toISOString() });
    }
    expect(Object.keys(localStorage)).toHaveLength(20);
    expect(storedEdits("many 25")?.steps).toEqual([[set(31)]]);
    expect(storedEdits("many 5")).toBeNull();
    const huge: Op = { op: "set", id: "6", input: "text", value: "fox ".repeat(100_000) };
    storeEdits("huge", { ...edits, saved: "2026-02-01", steps: [[huge]] });
    expect(storedEdits("huge")).toBeNull();
  });

  it("are left alone where the browser keeps nothing, or something else lies there", async () => {
    localStorage.setItem(`virgil_nb.edits:left ${page}`, '{"steps": 3}');
    expect((await reopened(`left ${page}`)).session.leftBehind).toBeNull();
    vi.stubGlobal("localStorage", undefined);
    const { session } = await reopened(`left ${page}`);
    session.edit([set(31)]);
    vi.advanceTimersByTime(600);
    expect(steps(session)).toBe(31);
  });
});
