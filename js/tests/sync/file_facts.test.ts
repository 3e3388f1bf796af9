import { beforeEach, describe, expect, it, vi } from "vitest";
import { FileFacts } from "../../src/sync/file_facts";

const BYTES = new Uint8Array([1, 2, 3]).buffer;

describe("what files are", () => {
  const asked: [string, string[], boolean][] = [];
  let files: FileFacts;
  beforeEach(() => {
    asked.length = 0;
    files = new FileFacts((...question) => void asked.push(question));
  });
  const answer = (names: string[], more: { width?: number; height?: number } = {}, large = false) =>
    files.take(
      { kind: "files", view: "v", folder: "input", items: names.map((name) => ({ name, size: 9, ...more })), large },
      more.width === undefined ? [] : names.map(() => BYTES),
    );

  it("is asked once, in pieces that fit a message, until they may be others", () => {
    const names = Array.from({ length: 30 }, (_, i) => `${i}.png`);
    files.want("input", names);
    files.want("input", names.slice(0, 5));
    expect(asked.map(([, some]) => some.length)).toEqual([24, 6]);
    files.forget();
    files.want("input", ["0.png"]);
    expect(asked).toHaveLength(3);
  });

  it("is told apart by folder, with a thumbnail of what is a picture", () => {
    answer(["fox.png"], { width: 40, height: 20 });
    answer(["notes.bin"]);
    expect(files.get("input", "fox.png")?.url).toMatch(/^blob:/);
    expect(files.get("input", "notes.bin")).toEqual({ name: "notes.bin", size: 9 });
    expect(files.get("vae", "fox.png")).toBeUndefined();
  });

  it("gives a picture to all nodes that wait for it, once", () => {
    const [first, second] = [vi.fn(), vi.fn()];
    files.wantPicture("input", "fox.png", first);
    files.wantPicture("input", "fox.png", second);
    expect(asked).toEqual([["input", ["fox.png"], true]]);
    answer(["fox.png"], { width: 40, height: 20 }, true);
    answer(["fox.png"], { width: 40, height: 20 }, true);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
    expect(files.get("input", "fox.png")).toBeUndefined();
  });
});
