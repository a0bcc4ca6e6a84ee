import { day, type Instant, parseInstant, toDate } from "../time/instant.ts";
import { closesAt } from "../transform/partition-keys.ts";

/** Firehose holds a record for a quarter of an hour at most, and retries its transform for minutes. */
const inFlight = 2 * 60 * 60_000;

/** Whether a date, `2026-01-05`, is a date at all, and one under which nothing arrives any more. */
export const isFinished = (dt: string, now: Instant): boolean => {
  const midnight = parseInstant(`${dt}T00:00:00Z`);
  return midnight !== undefined && now >= closesAt(midnight) + inFlight;
};

/** The last dates under which nothing arrives any more, oldest first. */
export const finishedDays = (now: Instant, count: number): ReadonlyArray<string> => {
  const newest = Math.floor((now - inFlight - closesAt(0)) / day);
  return Array.from({ length: count }, (_, index) => toDate((newest - count + 1 + index) * day));
};
