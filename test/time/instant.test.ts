import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromIso, parseInstant, plausibleInstant, toDate, toIso } from "../../src/time/instant.ts";

describe("parseInstant", () => {
  it.each([
    [1767603620723, 1767603620723],
    [1767603620723.9, 1767603620723],
    ["1767603620723", 1767603620723],
    ["2026-01-05T09:00:20.723Z", 1767603620723],
    ["2026-01-05T10:00:20.723+01:00", 1767603620723],
    ["2026-01-05T09:00:21Z", 1767603621000],
    ["yesterday", undefined],
    ["2026-02-28T09:00:00Z", Date.UTC(2026, 1, 28, 9)],
    ["2024-02-29T09:00:00Z", Date.UTC(2024, 1, 29, 9)],
    ["2026-02-29T09:00:00Z", undefined],
    ["2026-02-30T09:00:00Z", undefined],
    ["2026-04-31T09:00:00+02:00", undefined],
    ["2026-13-01T09:00:00Z", undefined],
    ["2026-01-05T09:00:21", Date.UTC(2026, 0, 5, 9, 0, 21)],
    ["2026-01-05T09:00", Date.UTC(2026, 0, 5, 9)],
    ["2026-01-05T09:00Z", Date.UTC(2026, 0, 5, 9)],
    ["2026-01-05T10:00:00+0100", Date.UTC(2026, 0, 5, 9)],
    ["2026-01-05T09:00:00.7239999Z", 1767603600723],
    [" 2026-01-05T09:00:00Z", undefined],
    ["x2026-01-05T09:00:00Z", undefined],
    ["2026-01-05T09:00:00Zx", undefined],
    ["2026-01-05", undefined],
    ["2026-01-05T25:00:00Z", undefined],
    ["x1767603620723", undefined],
    ["1767603620723x", undefined],
    ["1767603620.72", 1767603620],
    ["1767603620.7234567891", undefined],
    ["17676036207231", undefined],
    ["5", undefined],
    ["", undefined],
    [Date.parse("0000-01-01T00:00:00Z"), Date.parse("0000-01-01T00:00:00Z")],
    [Date.parse("0000-01-01T00:00:00Z") - 1, undefined],
    [Date.parse("9999-12-31T23:59:59.999Z"), Date.parse("9999-12-31T23:59:59.999Z")],
    [Date.parse("9999-12-31T23:59:59.999Z") + 1, undefined],
    [[1767603620723], undefined],
    [true, undefined],
    [9e15, undefined],
    [Number.NaN, undefined],
    [null, undefined],
    [{}, undefined],
  ])("reads %j as %j", (value, instant) => {
    expect(parseInstant(value)).toBe(instant);
  });
});

describe("plausibleInstant", () => {
  const receivedAt = Date.UTC(2026, 0, 5, 9);
  const at = receivedAt - 1_000;

  it.each([
    ["milliseconds", at, at],
    ["milliseconds as a text", String(at), at],
    ["seconds", at / 1000, at],
    ["seconds as a text", String(at / 1000), at],
    ["ISO 8601", "2026-01-05T08:59:59Z", at],
    ["the first moment", Date.UTC(2000), Date.UTC(2000)],
    ["a day ahead", receivedAt + 86_400_000, receivedAt + 86_400_000],
    ["more than a day ahead", receivedAt + 86_400_001, undefined],
    ["more than a day ahead, in ISO 8601", "2026-01-06T09:00:01Z", undefined],
    ["the last century, in ISO 8601", "1999-12-31T23:59:59Z", undefined],
    ["seconds of the last century", Date.UTC(2000) / 1000 - 1, undefined],
    ["seconds as ISO 8601 would be read", "1970-01-21T10:59:59Z", undefined],
    ["microseconds", at * 1000, undefined],
    ["zero", 0, undefined],
    ["a negative number", -at, undefined],
    ["a small number", 5, undefined],
    ["a date that does not exist", "2026-02-30T00:00:00Z", undefined],
    ["nothing", undefined, undefined],
  ])("takes %s for what it is", (_, value, instant) => {
    expect(plausibleInstant(value, receivedAt)).toBe(instant);
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
