import { describe, expect, it } from "vitest";
import { silentMinutes } from "../../src/retry/silence.ts";
import { openSince, type WatchHours } from "../../src/time/watch-hours.ts";

const week = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const workdays = week.slice(0, 5);
const at = (text: string): number => Date.parse(text);
const office: WatchHours = { zone: "Europe/Berlin", from: 8 * 60, to: 20 * 60, days: workdays };
const night: WatchHours = { zone: "UTC", from: 22 * 60, to: 6 * 60, days: ["Fri"] };

type Row = readonly [hours: WatchHours, now: string, since: string | undefined];

describe("openSince", () => {
  it.each<Row>([
    // Berlin is an hour ahead in winter and two in summer.
    [office, "2026-01-05T06:59:59Z", undefined],
    [office, "2026-01-05T07:00:00Z", "2026-01-05T07:00:00Z"],
    [office, "2026-01-05T18:59:30Z", "2026-01-05T07:00:00Z"],
    [office, "2026-01-05T19:00:00Z", undefined],
    [office, "2026-07-06T06:30:10Z", "2026-07-06T06:00:00Z"],
    [office, "2026-01-10T10:00:00Z", undefined],
    [night, "2026-01-09T21:59:00Z", undefined],
    [night, "2026-01-09T22:00:00Z", "2026-01-09T22:00:00Z"],
    // The hour after midnight is the zeroth.
    [night, "2026-01-10T00:00:00Z", "2026-01-09T22:00:00Z"],
    [night, "2026-01-10T00:59:59Z", "2026-01-09T22:00:00Z"],
    [{ ...night, days: ["Sat"] }, "2026-01-10T00:30:00Z", undefined],
    [night, "2026-01-10T05:59:00Z", "2026-01-09T22:00:00Z"],
    [night, "2026-01-10T06:00:00Z", undefined],
    [night, "2026-01-10T22:30:00Z", undefined],
    [{ ...night, from: 0, to: 0 }, "2026-01-09T09:00:00Z", "2026-01-09T00:00:00Z"],
    // Over midnight, into each day of the week out of the one before it.
    ...week.map((begun, index): Row => {
      const began = Date.UTC(2026, 0, 5 + index, 22);
      return [
        { ...night, days: [begun] },
        new Date(began + 3 * 3_600_000).toISOString(),
        new Date(began).toISOString(),
      ];
    }),
  ])("of %j at %s is %s", (hours, now, since) => {
    expect(openSince(at(now), hours)).toBe(since === undefined ? undefined : at(since));
  });

  it("is since ever where every day is a day, and no hour is closed", () => {
    expect(openSince(at("2026-01-05T09:00:00Z"), { ...office, from: 0, to: 0, days: week })).toBe(
      Number.NEGATIVE_INFINITY,
    );
  });
});

describe("silentMinutes", () => {
  it("counts from the last arrival, or from the opening when that is later, and nothing outside the hours", () => {
    const arrival = at("2026-01-05T08:15:00Z");
    const minutes = (now: string): number => silentMinutes(arrival, at(now), office);
    expect([
      minutes("2026-01-05T08:15:30Z"),
      minutes("2026-01-05T09:15:00Z"),
      minutes("2026-01-05T21:00:00Z"),
      minutes("2026-01-06T07:30:00Z"),
      minutes("2026-01-05T08:00:00Z"),
    ]).toStrictEqual([0, 60, 0, 30, 0]);
  });
});
