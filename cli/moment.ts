import { UsageError } from "./command.ts";

const unitMilliseconds: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment given as `90m`, `1h`, `2d` before now, or as ISO 8601. */
export const momentOf = (option: string, text: string, now: number): number => {
  const [, amount, unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  const moment = amount === undefined ? date : now - Number(amount) * (unitMilliseconds[unit] ?? 0);
  if (Number.isNaN(moment))
    throw new UsageError(`--${option} ${text}: has to be like 90m, 1h, 2d or 2026-01-05T09:00:00Z`);
  return moment;
};
