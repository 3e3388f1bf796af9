/** Uploads, texts, the log and earlier runs: what a session keeps of them. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toJSON } from "../../src/core/document";
import { KEPT } from "../../src/sync/log_lines";
import type { HistoryItemJSON, ToBrowser, ToKernel } from "../../src/sync/messages";
import { Session } from "../../src/sync/session";
import type { Bytes } from "../../src/sync/transport";
import { PIECE } from "../../src/sync/uploads";
import { chain, SPECS } from "../sample";

let sent: ToKernel[];
let say: (message: ToBrowser, buffers?: Bytes[]) => void;
let session: Session;

const of = <K extends ToKernel["kind"]>(kind: K) =>
  sent.filter((message): message is Extract<ToKernel, { kind: K }> => message.kind === kind);
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  sent = [];
  session = new Session(
    {
      send: (message) => sent.push(structuredClone(message)),
      listen(receive) {
        say = (message, buffers = []) => receive(message, buffers);
        return () => {};
      },
    },
    "me",
  );
  const rest = { can_undo: false, can_redo: false, problems: [], run: null, nodes: {}, title: "", static: "" };
  const kernel = { python: "3", version: "0" };
  say({ kind: "snapshot", view: "me", protocol: 1, rev: 1, document: toJSON(chain()), specs: SPECS, kernel, ...rest });
});
afterEach(() => session.close());

describe("an upload", () => {
  const file = (size: number) => new File([new Uint8Array(size).fill(7)], "lake.png");
  const answer = async (received: number, more: { name?: string; error?: string } = {}) => {
    await vi.waitFor(() => expect(of("upload").length).toBeGreaterThan(0));
    const upload = of("upload").at(-1)?.upload ?? "";
    say({ kind: "uploaded", view: "me", upload, received, ...more });
  };

  it("goes piece by piece, each after the one before has arrived, and gives the name that it got", async () => {
    const shares: number[] = [];
    const name = session.upload(file(PIECE + 10), (share) => shares.push(share));
    await vi.waitFor(() => expect(of("upload").length).toBe(1));
    await settled();
    expect(of("upload").length).toBe(1);
    await answer(PIECE);
    await vi.waitFor(() => expect(of("upload").length).toBe(2));
    await answer(PIECE + 10, { name: "lake_1.png" });
    expect(await name).toBe("lake_1.png");
    const pieces = of("upload").map(({ offset, data, size }) => [offset, atob(data).length, size]);
    expect(pieces).toEqual([
      [0, PIECE, PIECE + 10],
      [PIECE, 10, PIECE + 10],
    ]);
    expect(shares.at(-1)).toBe(1);
  });

  it("ends with the kernel's words when the file is no good", async () => {
    const name = session.upload(file(10));
    await answer(10, { error: "lake.png is no picture that can be read." });
    await expect(name).rejects.toThrow("lake.png is no picture");
  });

  it("of a workflow is opened once it has arrived whole", async () => {
    const opened = session.openFile(file(10));
    await answer(10, { name: "lake.png" });
    await opened;
    expect(of("upload")[0]?.use).toBe("workflow");
    expect(of("open")).toEqual([{ kind: "open", view: "me", upload: of("upload")[0]?.upload }]);
  });

  it("ends when the editor is closed", async () => {
    const name = session.upload(file(10));
    session.close();
    await expect(name).rejects.toThrow("closed");
  });
});

describe("a text of the workflow", () => {
  it("answers whoever asked for its format, first come first served", async () => {
    const [all, some] = [session.askText("python"), session.askText("python", { nodes: ["1"] })];
    const json = session.askText("virgil_nb");
    const text = (format: "python" | "virgil_nb", said: string) =>
      say({ kind: "text", view: "me", format, filename: "a", text: said });
    text("virgil_nb", "{}");
    text("python", "all");
    text("python", "some");
    expect(await Promise.all([all, some, json])).toEqual(["all", "some", "{}"]);
    expect(of("ask_text")[1]?.nodes).toEqual(["1"]);
  });

  it("says why there is none", async () => {
    const asked = session.askText("comfyui-ui");
    say({ kind: "text", view: "me", format: "comfyui-ui", filename: "", text: "", error: "A frame has no size." });
    await expect(asked).rejects.toThrow("A frame has no size.");
  });

  it("for another view is none of ours", async () => {
    let answered = false;
    void session.askText("python").then(() => {
      answered = true;
    });
    say({ kind: "text", view: "other", format: "python", filename: "a", text: "theirs" });
    await settled();
    expect(answered).toBe(false);
  });
});

describe("the log", () => {
  it("keeps the newest lines and counts what it left out", () => {
    const line = (n: number) => ({ run: "r", node: "1", level: "print" as const, text: String(n) });
    say({ kind: "log", lines: Array.from({ length: KEPT }, (_, i) => line(i)), dropped: 5 });
    say({ kind: "log", lines: [line(KEPT), line(KEPT + 1)] });
    expect(session.log.length).toBe(KEPT);
    expect(session.log.at(-1)?.text).toBe(String(KEPT + 1));
    expect(session.logLines.dropped).toBe(7);
    session.clearLog();
    expect(session.log).toEqual([]);
  });
});

describe("the history", () => {
  const item = (run: string, pictures = 1, current = false): HistoryItemJSON => ({
    run,
    when: "2026-11-23T14:00:00",
    state: "done",
    seconds: 5,
    title: "",
    changed: [],
    pictures,
    ...(current ? { current } : {}),
  });
  const bytes = () => new Uint8Array([1]).buffer;
  const runs = () => session.history.items.map(({ run }) => run);

  it("is asked for once, however many show it, and grows at its old end", () => {
    session.history.begin();
    session.history.begin();
    expect(of("ask_history").length).toBe(1);
    say({ kind: "history", view: "me", items: [item("r3"), item("r2")], more: true }, [bytes(), bytes()]);
    session.history.older();
    expect(of("ask_history").at(-1)?.before).toBe("r2");
    say({ kind: "history", view: "me", items: [item("r1")], more: false }, [bytes()]);
    expect(runs()).toEqual(["r3", "r2", "r1"]);
    expect(session.history.more).toBe(false);
  });

  it("is asked for again when the kernel tells everything anew, if something shows it", () => {
    const anew = () => {
      const rest = { can_undo: false, can_redo: false, problems: [], run: null, nodes: {}, title: "", static: "" };
      const kernel = { python: "3", version: "0" };
      say({ kind: "snapshot", view: "me", protocol: 1, rev: 1, document: toJSON(chain()), specs: SPECS, kernel, ...rest });
    };
    anew();
    expect(of("ask_history").length).toBe(0);
    session.history.begin();
    anew();
    expect(of("ask_history").length).toBe(2);
  });

  it("gives each run its own pictures of the buffers", () => {
    say({ kind: "history", view: "me", items: [item("r3", 2), item("r2", 0), item("r1", 1)], more: false }, [
      bytes(),
      bytes(),
      bytes(),
    ]);
    expect(session.history.items.map(({ thumbnails }) => thumbnails.length)).toEqual([2, 0, 1]);
  });

  it("puts a run that has just ended first, and no other is the present one then", () => {
    say({ kind: "history", view: "me", items: [item("r1", 0, true)], more: false });
    say({ kind: "history", view: "*", items: [item("r2", 0, true)], more: true });
    expect(runs()).toEqual(["r2", "r1"]);
    expect(session.history.items.map(({ currentAt }) => currentAt !== undefined)).toEqual([true, false]);
  });
});
