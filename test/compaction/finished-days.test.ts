import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finishedDays, isFinished, openFrom } from "../../src/compaction/finished-days.ts";
import { toDate } from "../../src/time/instant.ts";
import { partitioner } from "../../src/transform/partition-keys.ts";

const at = (text: string): number => Date.parse(text);

describe("isFinished", () => {
  it.each([
    ["2026-01-05", "2026-01-09T01:59:59.999Z", false],
    ["2026-01-05", "2026-01-09T02:00:00.000Z", true],
    ["2026-01-05", "2027-01-01T00:00:00.000Z", true],
    ["2026-01-05", "2026-01-05T12:00:00.000Z", false],
    ["2026-02-30", "2027-01-01T00:00:00.000Z", false],
    ["yesterday", "2027-01-01T00:00:00.000Z", false],
    ["2026-1-5", "2027-01-01T00:00:00.000Z", false],
    ["2026-01-05'", "2027-01-01T00:00:00.000Z", false],
  ])("of %s at %s is %s", (dt, now, expected) => {
    expect(isFinished(dt, at(now))).toBe(expected);
  });
});

describe("finishedDays", () => {
  it("are the last ones, oldest first", () => {
    expect(finishedDays(at("2026-01-09T02:00:00Z"), 3)).toStrictEqual(["2026-01-03", "2026-01-04", "2026-01-05"]);
    expect(finishedDays(at("2026-01-09T01:59:59Z"), 2)).toStrictEqual(["2026-01-03", "2026-01-04"]);
  });

  it("are finished, and the next one is not; under none of them is put what arrives from 26 hours before on", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at("2020-01-01T00:00:00Z"), max: at("2030-01-01T00:00:00Z") }),
        fc.integer({ min: -5 * 86_400_000, max: 2 * 86_400_000 }),
        (now, away) => {
          const days = finishedDays(now, 5);
          const newest = at(`${days.at(-1)}T00:00:00Z`);
          expect(days.every((each) => isFinished(each, now))).toBe(true);
          expect(isFinished(toDate(newest + 86_400_000), now)).toBe(false);
          const keysOf = partitioner(now - 26 * 3_600_000, 4);
          const { dt } = keysOf({ type: "acd.start", eventTime: now + away, queueId: "q" });
          expect(days).not.toContain(dt);
        },
      ),
    );
  });
});

describe("openFrom", () => {
  const now = at("2026-01-09T02:00:00Z");
  const hour = 3_600_000;
  const followed = (dt: string) => ({ dt, objects: "", namedAt: 0, publishedAt: now - hour });

  it.each([
    ["the first open day where there are no lines", [], [], "2026-01-06"],
    ["the first day whose lines are in no Parquet", ["2026-01-05", "2026-01-03"], [], "2026-01-03"],
    [
      "the first open day where all finished ones are compacted",
      ["2026-01-05", "2026-01-07"],
      ["2026-01-05"],
      "2026-01-06",
    ],
    [
      "a day between compacted ones",
      ["2026-01-03", "2026-01-04", "2026-01-05"],
      ["2026-01-03", "2026-01-05"],
      "2026-01-04",
    ],
    ["not moved by Parquet of days without lines", ["2026-01-04"], ["2026-01-01"], "2026-01-04"],
  ])("is %s", (_, days, compacted, expected) => {
    expect(openFrom(days, compacted.map(followed), now)).toBe(expected);
  });

  it("waits until a version has been there for an hour, whatever newer one there is", () => {
    const of = (...publishedAt: ReadonlyArray<number>) =>
      openFrom(
        ["2026-01-05"],
        publishedAt.map((each) => ({ ...followed("2026-01-05"), publishedAt: each })),
        now,
      );
    expect([of(now - hour + 1), of(now - hour), of(now - hour, now)]).toStrictEqual([
      "2026-01-05",
      "2026-01-06",
      "2026-01-06",
    ]);
  });
});
