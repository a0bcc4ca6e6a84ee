import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { PlanCompactionInput, planCompaction } from "../../src/compaction/plan-compaction.ts";
import type { StoredDay } from "../../src/compaction/ports.ts";
import { keptTelemetry } from "../support/capabilities.ts";

const now = Date.parse("2026-01-20T12:00:00Z");

const unknown: StoredDay = { objects: "", compacted: undefined };

const plan = async (stored: Readonly<Record<string, StoredDay>>, asked: { readonly days?: string[] } = {}) => {
  const { counted, telemetry } = keptTelemetry();
  const looked: string[] = [];
  const planned = await planCompaction({ asked })({
    ...telemetry,
    now: () => now,
    readDay: (dt) => {
      looked.push(dt);
      return dt === "2026-01-16"
        ? TE.left({ _tag: "DaysUnavailable", reason: "away" } as const)
        : TE.right(stored[dt] ?? unknown);
    },
    listDays: TE.right(["2026-01-17", "2026-01-02", "2026-01-05", "2026-01-19"]),
    listCompacted: TE.right([
      { dt: "2026-01-02", publishedAt: now - 3_600_000 },
      { dt: "2026-01-05", publishedAt: now - 3_599_999 },
    ]),
  })();
  return { planned, looked, counted };
};

describe("planCompaction", () => {
  it("looks at the days asked for, and takes those with lines that are not in the Parquet", async () => {
    const stored = {
      "2026-01-01": { objects: "2 objects, 20 bytes", compacted: undefined },
      "2026-01-02": { objects: "2 objects, 20 bytes", compacted: "2 objects, 20 bytes" },
      "2026-01-03": { objects: "3 objects, 30 bytes", compacted: "2 objects, 20 bytes" },
      "2026-01-04": { objects: "", compacted: "2 objects, 20 bytes" },
    };
    const { planned, looked, counted } = await plan(stored, {
      days: ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"],
    });
    expect(planned).toStrictEqual(
      E.right({
        days: [
          { dt: "2026-01-01", objects: "2 objects, 20 bytes" },
          { dt: "2026-01-03", objects: "3 objects, 30 bytes" },
        ],
        from: "2026-01-05",
      }),
    );
    expect([looked.length, counted]).toStrictEqual([5, [{ daysToCompact: 2 }]]);
  });

  it("looks at the last fourteen finished days, and fails as a whole when it cannot look at one", async () => {
    const { planned, looked, counted } = await plan({});
    expect(planned).toStrictEqual(E.left({ _tag: "DaysUnavailable", reason: "away" }));
    expect([looked[0], looked.length, counted]).toStrictEqual(["2026-01-04", 13, []]);
  });

  it("refuses days that are not finished, or none at all, and names each", async () => {
    const { planned, looked } = await plan({}, { days: ["2026-01-05", "2026-01-18", "tomorrow"] });
    expect([planned, looked]).toStrictEqual([
      E.left({
        _tag: "DaysNotFinished",
        reason:
          "days: 2026-01-18, tomorrow: has to be a date such as 2026-01-05 that ended two days and two hours ago or earlier (UTC)",
      }),
      [],
    ]);
  });

  it.each([
    [{ asked: {} }, true],
    [{ asked: { days: ["2026-01-05"] } }, true],
    [{ asked: { day: ["2026-01-05"] } }, false],
    [{ asked: { days: "2026-01-05" } }, false],
    [{}, false],
  ])("takes the input %j: %s", (input, isTaken) => {
    expect(E.isRight(PlanCompactionInput.decode(input))).toBe(isTaken);
  });
});
