import type { Instant } from "./instant.ts";

/** The hours in which events are expected, as people say them: local time of a zone, and days of the week. */
export interface WatchHours {
  /** IANA name, such as `Europe/Berlin`. */
  readonly zone: string;
  /** Minutes since local midnight; equal: the whole day. `to` before `from`: over midnight. */
  readonly from: number;
  readonly to: number;
  /** `Mon` to `Sun`; the day on which the hours begin. */
  readonly days: ReadonlyArray<string>;
}

const minute = 60_000;
const minutesOfDay = 24 * 60;

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

interface Local {
  readonly day: string;
  readonly minutes: number;
}

const localOf = (now: Instant, zone: string): Local => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return {
    day: parts.get("weekday") ?? "",
    minutes: Number(parts.get("hour") ?? 0) * 60 + Number(parts.get("minute") ?? 0),
  };
};

const dayBefore = (day: string): string => weekdays[(weekdays.indexOf(day) + 6) % 7] ?? "";

/**
 * Since when the hours have been open at a time; undefined while they are closed. Hours of the whole day have been open
 * since ever, as long as the day before was one of the days as well.
 */
export const openSince = (now: Instant, { zone, from, to, days }: WatchHours): Instant | undefined => {
  const { day, minutes } = localOf(now, zone);
  const length = (to - from + minutesOfDay) % minutesOfDay || minutesOfDay;
  const sinceFrom = (minutes - from + minutesOfDay) % minutesOfDay;
  const beganOn = minutes >= from ? day : dayBefore(day);
  if (sinceFrom >= length || !days.includes(beganOn)) return undefined;
  if (length === minutesOfDay && days.includes(dayBefore(beganOn))) return Number.NEGATIVE_INFINITY;
  return now - (now % minute) - sinceFrom * minute;
};
