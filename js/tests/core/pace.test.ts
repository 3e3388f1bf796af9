import { describe, expect, it } from "vitest";
import { about, queuedWords, timeLeft, usualSeconds, whenWords } from "../../src/core/pace";

const run = (seconds: number, state: "done" | "failed" = "done") => ({ seconds, state });

describe("how long a run takes", () => {
  it("is told by the last few that were done, a cached one aside", () => {
    expect(usualSeconds([])).toBeNull();
    expect(usualSeconds([run(9, "failed")])).toBeNull();
    expect(usualSeconds([run(0.1), run(6.2), run(5.8)])).toBe(6.2);
    expect(usualSeconds([run(2), run(2), run(2), run(2), run(60)])).toBe(2);
  });

  it("is not told by the one that loaded the model, if another is known", () => {
    expect(usualSeconds([run(8)])).toBe(8);
    expect(usualSeconds([run(2), run(8)])).toBe(2);
    expect(usualSeconds([run(0.1), run(8)])).toBe(8);
  });

  it("reads in round words", () => {
    expect([0.2, 6.2, 59.6, 240].map(about)).toEqual(["about 1 s", "about 6 s", "about 60 s", "about 4 min"]);
    expect([2.34, 130].map(timeLeft)).toEqual(["2.3 s left", "2 min 10 s left"]);
    expect([undefined, 0, 1, 3].map(queuedWords)).toEqual(["", "", "1 more in line", "3 more in line"]);
  });
});

describe("when a run was", () => {
  it("names the day only if it was another", () => {
    const now = new Date("2026-11-23T18:00:00");
    expect(whenWords("2026-11-23T14:03:00", now, "en-GB")).toBe("14:03");
    expect(whenWords("2026-11-22T14:03:00", now, "en-GB")).toBe("22 Nov, 14:03");
    expect(whenWords("yesterday", now)).toBe("");
  });
});
