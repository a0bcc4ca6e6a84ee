import type { Instant } from "../time/instant.ts";
import { openSince, type WatchHours } from "../time/watch-hours.ts";

/** For how many minutes no event has arrived while some were expected; 0 outside the hours. */
export const silentMinutes = (lastArrival: Instant, now: Instant, hours: WatchHours): number => {
  const since = openSince(now, hours);
  return since === undefined ? 0 : Math.max(0, Math.floor((now - Math.max(since, lastArrival)) / 60_000));
};
