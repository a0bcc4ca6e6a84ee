import { parseInstant, toDate } from "../src/time/instant.ts";
import { UsageError } from "./command.ts";

const unitMilliseconds: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A date, or a date and a time as people write it. */
const isoLike = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/** What `momentOf` takes, for --help. */
export const momentForms = "90m, 1h, 2d ago, now, or ISO 8601 (UTC where it names no zone)";

const dateOf = (text: string): number | undefined => {
  const [, date, time = "00:00:00", zone = "Z"] = isoLike.exec(text.trim()) ?? [];
  return date === undefined ? undefined : parseInstant(`${date}T${time}${zone.toUpperCase()}`);
};

/** A moment given as `90m`, `1h`, `2d` before now, or as ISO 8601, which is UTC unless it names a zone. */
export const momentOf = (option: string, text: string, now: number): number => {
  if (text === "now") return now;
  const [, amount, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const moment = amount === undefined ? dateOf(text) : now - Number(amount) * (unitMilliseconds[unit] ?? 0);
  if (moment !== undefined && moment >= 0) return moment;
  throw new UsageError(
    `--${option} ${text}: use a duration such as 90m, 1h, 2d, or a time such as 2026-01-05T09:00:00Z, of a day that exists`,
  );
};

const utc = (moment: number): string => new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The same moment on the clock of the machine: `2026-01-05 10:00:00`. */
const local = (moment: number): string => new Date(moment).toLocaleString("sv-SE");

/**
 * The interval that a command took, in UTC and, where the machine's clock shows another time, in that:
 * `from 2026-01-05T09:00:00Z to 2026-01-05T10:00:00Z (2026-01-05 10:00:00 to 11:00:00, Europe/Berlin)`.
 */
export const describeInterval = (from: number, to: number): string => {
  const [begins, ends] = [local(from), local(to)];
  const isSameDay = toDate(from) === toDate(to) && begins.slice(0, 10) === ends.slice(0, 10);
  return `from ${utc(from)} to ${utc(to)} (${begins} to ${isSameDay ? ends.slice(11) : ends}, ${zone()})`;
};

/** The same for `--json`. */
export const interval = (from: number, to: number) => ({ from: utc(from), to: utc(to) });
