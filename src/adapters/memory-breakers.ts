import * as TE from "fp-ts/lib/TaskEither.js";
import { type Breaker, type BreakerName, lowestCeiling, type RetryTally } from "../domain/breaker.ts";
import type { Breakers, RetryTallies } from "../ports/breakers.ts";

/** Breakers and the tally of retries in memory, for simulations; held to the contract of the table. */
export const memoryBreakers = (): Breakers & RetryTallies => {
  const open = new Map<BreakerName, Breaker>();
  let tally: RetryTally = { ceiling: lowestCeiling, delivered: 0, postponed: 0 };
  const isStill = ({ name, openedAt }: Breaker): boolean => open.get(name)?.openedAt === openedAt;
  return {
    readBreaker: (name) => TE.fromIO(() => open.get(name)),
    openBreaker: (breaker) =>
      TE.fromIO(() => {
        if (open.has(breaker.name)) return false;
        open.set(breaker.name, breaker);
        return true;
      }),
    closeBreaker: (breaker) =>
      TE.fromIO(() => {
        if (isStill(breaker)) open.delete(breaker.name);
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
    readTally: TE.fromIO(() => tally),
    beginMinute: (ceiling) =>
      TE.fromIO(() => {
        tally = { ceiling, delivered: 0, postponed: 0 };
      }),
  };
};
