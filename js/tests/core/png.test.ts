import { describe, expect, it } from "vitest";
import { carriesWorkflow, textNames, withText } from "../../src/core/png";

/** A red pixel as a PNG. */
const PIXEL = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="),
  (char) => char.charCodeAt(0),
);

describe("texts in a PNG", () => {
  it("are put in before the picture and found again", () => {
    const png = withText(PIXEL, "workflow", '{"nodes":[]}');
    expect(textNames(PIXEL)).toEqual([]);
    expect(textNames(png)).toEqual(["workflow"]);
    expect(carriesWorkflow(png)).toBe(true);
    expect(png.subarray(0, 33)).toEqual(PIXEL.subarray(0, 33));
  });

  it("keep every letter of the JSON, whatever its alphabet", () => {
    const json = JSON.stringify({ text: "dämmerung 夕暮れ 🌅" });
    const png = withText(PIXEL, "workflow", json);
    const text = new TextDecoder("latin1").decode(png);
    const start = text.indexOf("workflow\0") + "workflow\0".length;
    const length = new DataView(png.buffer).getUint32(33);
    const found = text.slice(start, start + length - "workflow\0".length);
    expect(JSON.parse(found)).toEqual(JSON.parse(json));
  });

  it("have the checksum that readers ask for", () => {
    const png = withText(PIXEL, "workflow", "{}");
    const length = new DataView(png.buffer).getUint32(33);
    const sum = new DataView(png.buffer).getUint32(33 + 8 + length);
    // CRC-32 of "tEXtworkflow\0{}", by Python's zlib.crc32.
    expect(sum).toBe(0xd6a857eb);
  });

  it("are looked for in what is no PNG, and not found", () => {
    expect(textNames(new Uint8Array())).toEqual([]);
    expect(textNames(new TextEncoder().encode("no picture, but long enough to be one, and then some"))).toEqual([]);
    expect(carriesWorkflow(PIXEL.subarray(0, 40))).toBe(false);
  });

  it("end where a broken file ends", () => {
    const png = withText(PIXEL, "workflow", "{}");
    expect(() => textNames(png.subarray(0, 45))).not.toThrow();
  });
});
