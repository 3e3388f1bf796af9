import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Doc, toJSON } from "../../src/core/document";
import { apply, type Op } from "../../src/core/ops";
import type { ToBrowser, ToKernel } from "../../src/sync/messages";
import { Session } from "../../src/sync/session";
import type { Transport } from "../../src/sync/transport";
import { chain, SPECS } from "../sample";

/** The kernel's end of the line, answered by hand. */
class Wire implements Transport {
  sent: ToKernel[] = [];
  private receive: (message: ToBrowser, buffers: []) => void = () => {};
  open = true;
  rev = 3;
  doc: Doc = chain();

  send(message: ToKernel): void {
    this.sent.push(structuredClone(message));
  }
  listen(receive: (message: ToBrowser, buffers: []) => void): () => void {
    this.receive = receive;
    return () => {
      this.open = false;
    };
  }
  say(message: ToBrowser): void {
    this.receive(message, []);
  }
  snapshot(view = "me"): void {
    const { rev } = this;
    const kernel = { python: "3", version: "0" };
    const rest = { can_undo: false, can_redo: false, problems: [], run: null, nodes: {}, title: "", static: "", kernel };
    this.say({ kind: "snapshot", view, protocol: 1, rev, document: toJSON(this.doc), specs: SPECS, ...rest });
  }
  applied(ops: Op[], origin: string | null, seq: number | null): void {
    this.doc = ops.reduce(apply, this.doc);
    this.say({ kind: "applied", rev: ++this.rev, ops, origin, seq, can_undo: true, can_redo: false });
  }
  of<K extends ToKernel["kind"]>(kind: K): Extract<ToKernel, { kind: K }>[] {
    return this.sent.filter((message): message is Extract<ToKernel, { kind: K }> => message.kind === kind);
  }
}

const set = (value: number, input = "steps"): Op => ({ op: "set", id: "3", input, value });
const steps = (session: Session) => session.doc.nodes.get("3")?.values.steps;

describe("a session", () => {
  let wire: Wire;
  let session: Session;
  beforeEach(() => {
    vi.useFakeTimers();
    wire = new Wire();
    session = new Session(wire, "me");
    wire.snapshot();
  });
  afterEach(() => {
    session.close();
    vi.useRealTimers();
  });

  it("refuses in words what is too large for the line, and goes on", () => {
    const large = (letters: string, count: number): Op[] => [{ op: "set", id: "3", input: "text", value: letters.repeat(count) }];
    session.edit(large("x", 11_000_000));
    expect(session.notice?.text).toBe("This has 12 MB, and 10 MB at once can go to the kernel. Nothing was changed.");
    expect(session.doc.nodes.get("3")?.values.text).toBeUndefined();
    session.edit(large("狐", 4_000_000));
    session.openText(`{${" ".repeat(11_000_000)}}`);
    expect(wire.of("edit").length + wire.of("open").length).toBe(0);
    session.edit([set(9)]);
    expect(wire.of("edit").map(({ ops }) => ops)).toEqual([[set(9)]]);
    wire.applied([set(9)], "me", wire.of("edit")[0]?.seq ?? null);
    expect(steps(session)).toBe(9);
  });

  it("asks for everything when it begins, and says goodbye when it ends", () => {
    expect(wire.sent[0]).toEqual({ kind: "ready", view: "me", protocol: 1 });
    session.close();
    expect(wire.sent.at(-1)).toEqual({ kind: "bye", view: "me" });
    expect(wire.open).toBe(false);
  });

  it("shows an edit at once and sends it with a number", () => {
    session.edit([set(5)]);
    expect(steps(session)).toBe(5);
    expect(wire.of("edit")).toEqual([{ kind: "edit", view: "me", seq: 1, base: 3, ops: [set(5)] }]);
  });

  it("does not draw again for its own echo", () => {
    session.edit([set(5)]);
    const heard = vi.fn();
    session.topics.on("doc", heard);
    wire.applied([set(5)], "me", 1);
    expect(heard).not.toHaveBeenCalled();
    expect(steps(session)).toBe(5);
  });

  it("puts the edits of others below its own that wait", () => {
    session.edit([set(5)]);
    wire.applied([set(9), set(2, "cfg")], null, null);
    expect(steps(session)).toBe(5);
    expect(session.doc.nodes.get("3")?.values.cfg).toBe(2);
    wire.applied([set(5)], "me", 1);
    expect(steps(session)).toBe(5);
    expect(toJSON(session.doc)).toEqual(toJSON(wire.doc));
  });

  it("rolls back what is refused and asks again", () => {
    session.edit([set(5)]);
    wire.say({ kind: "rejected", view: "me", seq: 1, message: "no", rev: 3 });
    expect(wire.of("ready").length).toBe(2);
    wire.snapshot();
    expect(steps(session)).toBe(20);
    expect(session.notice?.text).toBe("no");
  });

  it("keeps edits that were made while it waited for everything", () => {
    wire.say({ kind: "rejected", view: "me", seq: null, message: "no", rev: 3 });
    session.edit([set(6)]);
    wire.snapshot();
    expect(steps(session)).toBe(6);
    wire.applied([set(6)], "me", 1);
    expect(steps(session)).toBe(6);
  });

  it("asks for everything once when a revision is missing", () => {
    wire.rev += 1;
    wire.applied([set(9)], null, null);
    wire.applied([set(10)], null, null);
    expect(wire.of("ready").length).toBe(2);
    wire.snapshot();
    expect(steps(session)).toBe(10);
  });

  it("ignores revisions that it has already", () => {
    wire.say({ kind: "applied", rev: 2, ops: [set(1)], origin: null, seq: null, can_undo: true, can_redo: false });
    expect(steps(session)).toBe(20);
  });

  it("makes one message out of quick typing, and sends it before a run", () => {
    for (const value of [1, 2, 3]) session.edit([set(value)], { merge: "typing", hold: true });
    expect(wire.of("edit")).toEqual([]);
    session.start();
    expect(wire.of("edit").map(({ ops, merge }) => [ops, merge])).toEqual([[[set(3)], "typing"]]);
    expect(wire.sent.at(-1)?.kind).toBe("run");
  });

  it("sends held edits by itself, and other edits after them", () => {
    session.edit([set(1)], { merge: "a", hold: true });
    vi.advanceTimersByTime(200);
    session.edit([set(2)], { merge: "a", hold: true });
    session.edit([set(4, "cfg")]);
    expect(wire.of("edit").map(({ seq, ops }) => [seq, ops])).toEqual([
      [1, [set(1)]],
      [2, [set(2)]],
      [3, [set(4, "cfg")]],
    ]);
  });

  it("does not send an edit that can't be", () => {
    session.edit([{ op: "remove", id: "77" }]);
    expect(wire.of("edit")).toEqual([]);
    expect(session.notice?.level).toBe("warning");
  });

  it("takes a whole new document that is meant for all views", () => {
    wire.doc = apply(wire.doc, set(99));
    wire.rev += 1;
    wire.snapshot("*");
    expect(steps(session)).toBe(99);
    wire.doc = apply(wire.doc, set(100));
    wire.snapshot("somebody else");
    expect(steps(session)).toBe(99);
  });

  it("forgets errors of the last run when a new one begins", () => {
    wire.say({ kind: "run", id: "a", state: "running" });
    wire.say({ kind: "nodes", run: "a", nodes: { 3: { state: "error" }, 1: { state: "done", seconds: 1 } } });
    wire.say({ kind: "run", id: "b", state: "running" });
    expect(session.state("3")).toBeUndefined();
    expect(session.state("1")?.state).toBe("done");
    wire.say({ kind: "nodes", run: "b", nodes: { 1: { state: "idle" } } });
    expect(session.state("1")).toBeUndefined();
  });

  it("remembers with what document a node ran", () => {
    wire.say({ kind: "run", id: "a", state: "running" });
    const then = session.doc;
    session.edit([set(3)]);
    wire.say({ kind: "nodes", run: "a", nodes: { 3: { state: "done", seconds: 1 } } });
    expect(session.state("3")?.ran).toBe(then);
  });

  it("wakes only who listens to what changed", () => {
    const [three, four] = [vi.fn(), vi.fn()];
    session.topics.on("state:3", three);
    session.topics.on("state:4", four);
    wire.say({ kind: "nodes", run: "a", nodes: { 3: { state: "running", value: 1, max: 9 } } });
    expect([three.mock.calls.length, four.mock.calls.length]).toEqual([1, 0]);
  });

  it("asks again after a message that makes no sense, and keeps the document", () => {
    const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
    wire.say({
      kind: "applied",
      rev: 4,
      ops: [{ op: "set", id: "nobody", input: "x", value: 1 }],
      origin: null,
      seq: null,
      can_undo: true,
      can_redo: true,
    });
    expect(wire.of("ready").length).toBe(2);
    expect(steps(session)).toBe(20);
    quiet.mockRestore();
  });

  it("says when edits get no answer", () => {
    session.edit([set(5)]);
    vi.advanceTimersByTime(6000);
    expect(session.behind).toBe(true);
    wire.applied([set(5)], "me", 1);
    expect(session.behind).toBe(false);
  });
});
