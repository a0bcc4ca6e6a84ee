import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromIso, parseInstant, toDate, toIso } from "../../src/domain/instant.ts";

describe("parseInstant", () => {
  it.each([
    [1767603620723, 1767603620723],
    [1767603620723.9, 1767603620723],
    ["1767603620723", 1767603620723],
    ["2026-01-05T09:00:20.723Z", 1767603620723],
    ["2026-01-05T10:00:20.723+01:00", 1767603620723],
    ["2026-01-05T09:00:21Z", 1767603621000],
    ["yesterday", undefined],
    ["5", undefined],
    ["", undefined],
    [9e15, undefined],
    [Number.NaN, undefined],
    [null, undefined],
    [{}, undefined],
  ])("reads %j as %j", (value, instant) => {
    expect(parseInstant(value)).toBe(instant);
  });
});

describe("fromIso", () => {
  it("reads every time that toIso writes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse("0000-01-01T00:00:00Z"), max: Date.parse("9999-12-31T23:59:59Z") }),
        (instant) => {
          expect(fromIso(toIso(instant))).toBe(instant);
        },
      ),
    );
  });
});

describe("toIso and toDate", () => {
  it("write UTC", () => {
    expect([toIso(1767603620723), toDate(1767603620723)]).toStrictEqual(["2026-01-05T09:00:20.723Z", "2026-01-05"]);
  });
});
