import { describe, expect, it } from "vitest";
import { minutesOfDay, silenceMinutes } from "../../../infra/alarms/silence-minutes.ts";
import type { Configuration } from "../../../infra/configuration/schema.ts";

type Minutes = Configuration["alarms"]["silence"]["minutes"];

const minutesOf = (type: Configuration["source"]["type"], minutes: Minutes): number =>
  silenceMinutes({ alarms: { silence: { minutes } }, source: { type } } as Configuration);

describe("the minutes of silence after which somebody is told", () => {
  it.each<[Configuration["source"]["type"], Minutes, number]>([
    ["partner", "auto", 60],
    // Nobody feeds a custom bus by itself.
    ["custom", "auto", 0],
    // Switched off is off, whatever the source.
    ["partner", 0, 0],
    ["partner", 15, 15],
    ["custom", 15, 15],
  ])("are, of a %s source with %s, %i", (type, minutes, expected) => {
    expect(minutesOf(type, minutes)).toBe(expected);
  });

  it("are counted in hours of the day", () => {
    expect(["00:00", "08:30", "23:59"].map(minutesOfDay)).toStrictEqual([0, 510, 1_439]);
  });
});
