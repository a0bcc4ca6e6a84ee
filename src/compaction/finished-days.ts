import { day, type Instant, parseInstant, toDate } from "../time/instant.ts";
import { closesAt } from "../transform/partition-keys.ts";
import type { CompactedDay } from "./ports.ts";

/** Firehose tries for a day to write an object to S3, and two hours are for all that comes before. */
const inFlight = 26 * 60 * 60_000;

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

/** By then every query that runs has been told of it: the views follow a version a quarter of an hour after it was published. */
const followedAfter = 60 * 60_000;

/** The first date whose lines queries have to look at: all earlier ones are in Parquet, or have no lines. */
export const openFrom = (
  daysWithLines: ReadonlyArray<string>,
  compacted: ReadonlyArray<CompactedDay>,
  now: Instant,
): string => {
  const followed = new Set(
    compacted.filter(({ publishedAt }) => publishedAt + followedAfter <= now).map(({ dt }) => dt),
  );
  const [next = ""] = finishedDays(now + day, 1);
  const open = daysWithLines.filter((dt) => isFinished(dt, now) && !followed.has(dt));
  return [next, ...open].reduce((first, dt) => (dt < first ? dt : first));
};
