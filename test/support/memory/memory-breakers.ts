import * as TE from "fp-ts/lib/TaskEither.js";
import {
  type Breaker,
  type BreakerName,
  lowestCeiling,
  type RetryTally,
  shownReason,
} from "../../../src/breakers/breaker.ts";
import type { Arrival, Arrivals, Breakers, RetryTallies } from "../../../src/breakers/ports.ts";

/** Breakers and the tally of retries in memory, for simulations; held to the contract of the table. */
export const memoryBreakers = (): Breakers & RetryTallies & Arrivals => {
  const open = new Map<BreakerName, Breaker>();
  let tally: RetryTally = { ceiling: lowestCeiling, started: 0, delivered: 0, postponed: 0 };
  let arrival: Arrival = { last: undefined, watchedSince: undefined };
  const isStill = ({ name, openedAt }: Breaker): boolean => open.get(name)?.openedAt === openedAt;
  return {
    readBreaker: (name) => TE.fromIO(() => open.get(name)),
    openBreaker: (breaker) =>
      TE.fromIO(() => {
        if (open.has(breaker.name)) return false;
        open.set(breaker.name, { ...breaker, reason: shownReason(breaker.reason) });
        return true;
      }),
    closeBreaker: (breaker) =>
      TE.fromIO(() => {
        return isStill(breaker) && open.delete(breaker.name);
      }),
    takeProbe: (breaker, now, nextProbeAt) =>
      TE.fromIO(() => {
        const current = open.get(breaker.name);
        if (current?.probeAt === undefined || !isStill(breaker) || current.probeAt > now) return false;
        open.set(breaker.name, { ...current, probeAt: nextProbeAt });
        return true;
      }),
    tallyRetry: (result) =>
      TE.fromIO(() => {
        tally = { ...tally, [result]: tally[result] + 1 };
      }),
    noteArrival: (now) =>
      TE.fromIO(() => {
        arrival = { ...arrival, last: now };
      }),
    watchFrom: (now) =>
      TE.fromIO(() => {
        arrival = { ...arrival, watchedSince: now };
      }),
    readArrival: TE.fromIO(() => arrival),
    readTally: TE.fromIO(() => tally),
    beginMinute: (ceiling, started) =>
      TE.fromIO(() => {
        tally = { ceiling, started, delivered: 0, postponed: 0 };
      }),
  };
};
