import { describe, expect, it } from "vitest";
import {
  type Breaker,
  type MappingChange,
  mappingChange,
  nextCeiling,
  shownReason,
} from "../../src/breakers/breaker.ts";

const sink: Breaker = { name: "sink", openedAt: 1, reason: "r", by: "process-batch" };
const operator: Breaker = { name: "operator", openedAt: 1, reason: "r", by: "somebody" };

describe("mappingChange", () => {
  it.each<[state: string, held: MappingChange, free: MappingChange]>([
    ["Enabled", "pause", "leave"],
    ["Enabling", "pause", "leave"],
    ["Updating", "pause", "leave"],
    ["Creating", "pause", "leave"],
    ["Disabling", "leave", "leave"],
    ["Disabled", "leave", "resume"],
  ])("of a mapping that is %s is %s while any breaker is open, and %s while none is", (state, held, free) => {
    expect([
      mappingChange(state, sink, undefined),
      mappingChange(state, undefined, operator),
      mappingChange(state, sink, operator),
      mappingChange(state, undefined, undefined),
    ]).toStrictEqual([held, held, held, free]);
  });
});

describe("nextCeiling", () => {
  it.each([
    [{ ceiling: 20, started: 10, delivered: 6, postponed: 4 }, 40, "most were delivered"],
    [{ ceiling: 40, started: 40, delivered: 40, postponed: 0 }, 40, "it is the highest"],
    [{ ceiling: 30, started: 10, delivered: 10, postponed: 0 }, 40, "twice of it is too many"],
    [{ ceiling: 20, started: 10, delivered: 4, postponed: 6 }, 10, "most were postponed"],
    [{ ceiling: 15, started: 10, delivered: 4, postponed: 6 }, 10, "half of it is too few"],
    [{ ceiling: 40, started: 10, delivered: 4, postponed: 0 }, 20, "most have died"],
    [{ ceiling: 40, started: 10, delivered: 4, postponed: 3 }, 20, "most were postponed or have died"],
    [{ ceiling: 31, started: 10, delivered: 0, postponed: 0 }, 15, "nothing came of any"],
    [{ ceiling: 20, started: 10, delivered: 5, postponed: 5 }, 20, "as many were delivered as not"],
    [{ ceiling: 20, started: 4, delivered: 2, postponed: 2 }, 20, "half of them were"],
    [{ ceiling: 20, started: 0, delivered: 0, postponed: 0 }, 20, "there was nothing to retry"],
    [{ ceiling: 20, started: 0, delivered: 3, postponed: 0 }, 40, "those of the minute before have ended well"],
  ])("after %j is %i: %s", (tally, ceiling) => {
    expect(nextCeiling(tally)).toBe(ceiling);
  });
});

describe("shownReason", () => {
  it("is never empty, nor longer than 500 characters", () => {
    expect(["", "x", "x".repeat(500), "x".repeat(501)].map(shownReason)).toStrictEqual([
      "no reason given",
      "x",
      "x".repeat(500),
      "x".repeat(500),
    ]);
  });
});
