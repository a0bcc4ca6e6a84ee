import { afterEach, describe, expect, it } from "vitest";
import { describeInterval, momentOf } from "../../cli/moment.ts";

const now = Date.UTC(2026, 0, 5, 12);
const zone = process.env.TZ;

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe("momentOf", () => {
  it.each(["UTC", "Europe/Berlin", "America/Los_Angeles"])("is the same wherever the machine stands: %s", (place) => {
    process.env.TZ = place;
    const moments = [
      "2026-01-05T09:00:00Z",
      "2026-01-05T09:00:00",
      "2026-01-05T09:00",
      "2026-01-05 09:00:00",
      "2026-01-05T10:00:00+01:00",
      "3h",
      "180m",
    ].map((text) => momentOf("from", text, now));
    expect(new Set(moments)).toStrictEqual(new Set([Date.UTC(2026, 0, 5, 9)]));
    expect(momentOf("from", "2026-01-05", now)).toBe(Date.UTC(2026, 0, 5));
    expect(momentOf("to", "now", now)).toBe(now);
  });

  it.each(["2026-02-30", "2026-13-01T00:00:00Z", "yesterday", "5", "1w", "", "2026-01-05T25:00", "99999999999d"])(
    "refuses %j, and says what it takes",
    (text) => {
      expect(() => momentOf("from", text, now)).toThrow(
        `--from ${text}: use a duration such as 90m, 1h, 2d, or a time such as 2026-01-05T09:00:00Z`,
      );
    },
  );
});

describe("describeInterval", () => {
  it("names both clocks, and the day only once where it is the same", () => {
    process.env.TZ = "Europe/Berlin";
    expect(describeInterval(Date.UTC(2026, 0, 5, 9), Date.UTC(2026, 0, 5, 10))).toBe(
      "from 2026-01-05T09:00:00Z to 2026-01-05T10:00:00Z (2026-01-05 10:00:00 to 11:00:00, Europe/Berlin)",
    );
    expect(describeInterval(Date.UTC(2026, 6, 5, 9), Date.UTC(2026, 6, 6, 9))).toBe(
      "from 2026-07-05T09:00:00Z to 2026-07-06T09:00:00Z (2026-07-05 11:00:00 to 2026-07-06 11:00:00, Europe/Berlin)",
    );
  });
});
