import { describe, expect, it } from "vitest";
import { waitBefore } from "../../src/time/backoff.ts";

describe("waitBefore", () => {
  const backoff = { firstMilliseconds: 100, longestMilliseconds: 1000, tries: 9 };

  it("does not wait before the first try, then doubles up to the longest wait", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6].map((attempt) => waitBefore(backoff, attempt, 0.999999));
    expect(waits).toStrictEqual([0, 99, 199, 399, 799, 999, 999]);
  });

  it("takes any share of it (full jitter)", () => {
    expect([waitBefore(backoff, 3, 0), waitBefore(backoff, 3, 0.5)]).toStrictEqual([0, 200]);
  });
});
