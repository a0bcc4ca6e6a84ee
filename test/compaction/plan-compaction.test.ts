import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { PlanCompactionInput, planCompaction } from "../../src/compaction/plan-compaction.ts";
import type { CompactedDay } from "../../src/compaction/ports.ts";
import { keptTelemetry } from "../support/capabilities.ts";

const now = Date.parse("2026-01-20T12:00:00Z");

const oneLook = "2 objects, 20 bytes";
const hour = 3_600_000;

const version = (dt: string, objects: string, namedAt: number, publishedAt = namedAt) => ({
  dt,
  objects,
  namedAt,
  publishedAt,
});

const plan = async (
  stored: Readonly<Record<string, string>>,
  asked: { readonly days?: string[] } = {},
  compacted: ReadonlyArray<CompactedDay> = [],
) => {
  const { counted, telemetry } = keptTelemetry();
  const looked: string[] = [];
  const planned = await planCompaction({ asked })({
    ...telemetry,
    now: () => now,
    readObjects: (dt) => {
      looked.push(dt);
      return stored[dt] === "away"
        ? TE.left({ _tag: "DaysUnavailable", reason: "away" } as const)
        : TE.right(stored[dt] ?? "");
    },
    listDays: TE.right([...new Set(["2026-01-17", "2026-01-02", "2026-01-05", "2026-01-19", ...Object.keys(stored)])]),
    listCompacted: TE.right(compacted),
  })();
  return { planned, looked, counted };
};

describe("planCompaction", () => {
  it("looks at the last fourteen finished days that have lines, and takes those that are not in the Parquet", async () => {
    const stored = {
      "2026-01-03": oneLook,
      "2026-01-04": oneLook,
      "2026-01-05": "3 objects, 30 bytes",
      "2026-01-06": oneLook,
      "2026-01-16": oneLook,
    };
    const { planned, looked, counted } = await plan(stored, {}, [
      version("2026-01-04", oneLook, now - 2 * hour),
      version("2026-01-05", oneLook, now - 2 * hour),
      // The one that was named last is the one that counts, whenever it was published or is listed.
      version("2026-01-06", "1 objects, 10 bytes", now - 2 * hour, now - hour),
      version("2026-01-06", oneLook, now - 3 * hour, now),
      version("2026-01-16", oneLook, now - 2 * hour),
    ]);
    expect(planned).toStrictEqual(
      E.right({
        days: [
          { dt: "2026-01-03", objects: oneLook },
          { dt: "2026-01-05", objects: "3 objects, 30 bytes" },
          { dt: "2026-01-06", objects: oneLook },
        ],
        from: "2026-01-02",
      }),
    );
    expect(looked).toStrictEqual(["2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06", "2026-01-16"]);
    expect(counted).toStrictEqual([{ daysToCompact: 3 }]);
  });

  it("takes a day that somebody asks for although it is compacted, and not one without lines", async () => {
    const compacted = [version("2026-01-02", oneLook, now - hour), version("2026-01-05", oneLook, now - hour + 1)];
    const { planned } = await plan({ "2026-01-02": oneLook }, { days: ["2026-01-02", "2026-01-01"] }, compacted);
    expect(planned).toStrictEqual(E.right({ days: [{ dt: "2026-01-02", objects: oneLook }], from: "2026-01-05" }));
  });

  it("fails as a whole when it cannot look at one day", async () => {
    const { planned, counted } = await plan({ "2026-01-16": "away" });
    expect([planned, counted]).toStrictEqual([E.left({ _tag: "DaysUnavailable", reason: "away" }), []]);
  });

  it("refuses days that are not finished, or none at all, and names each", async () => {
    const { planned, looked } = await plan({}, { days: ["2026-01-05", "2026-01-17", "tomorrow"] });
    expect([planned, looked]).toStrictEqual([
      E.left({
        _tag: "DaysNotFinished",
        reason:
          "days: 2026-01-17, tomorrow: has to be a date such as 2026-01-05 that ended three days and two hours ago or earlier (UTC)",
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
