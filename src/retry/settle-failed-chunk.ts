import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { canaryEvery } from "../breakers/breaker.ts";
import type { RetryTallies } from "../breakers/ports.ts";
import type { EnrichPolicy } from "../enrichment/enrich.ts";
import { isGenesysFailure, isSinkFailure, type TransientFailure } from "../event/failure.ts";
import type { Failed } from "../event/outcome.ts";
import type { Unavailable } from "../event/unavailable.ts";
import { type FailedChunk, isBeyondHorizon, nextAttemptAt } from "../failed/failed-chunk.ts";
import { type FailedEvent, toFailedEvent } from "../failed/failed-event.ts";
import type { ChunkRemainder, FailedEventsStore } from "../failed/ports.ts";
import { type Instant, secondsToMilliseconds } from "../time/instant.ts";
import type { Clock, Random } from "../time/ports.ts";

export type SettleCapabilities = Pick<FailedEventsStore, "replaceChunk" | "deleteChunk"> &
  Pick<RetryTallies, "tallyRetry"> &
  Pick<Clock, "now"> &
  Random;

export interface RetryPolicy {
  readonly enrich: EnrichPolicy;
  readonly maximumEventAgeDays: number;
}

/** What an attempt at a chunk has left behind. */
export interface Attempted {
  readonly chunk: FailedChunk;
  readonly left: ReadonlyArray<Failed>;
  /** Of what is left, what stays as it was received. */
  readonly sealed: ReadonlyArray<Failed>;
  /** How long Genesys wants to be left alone. */
  readonly retryAfterSeconds: number;
  /** Nothing was offered: others had the turn. */
  readonly madeWay: boolean;
  /** All that is left is beyond the horizon, and is parked. */
  readonly isExpired: boolean;
}

/** Not the machine's to repeat: the lease ends, and the next attempt finds by the duplicate check what was delivered. */
export type ChunkNotSettled = Unavailable<"ChunkNotSettled">;

/**
 * `lost`: the attempt is not ours any more, because the lease has ended and somebody else has the chunk, or because it was
 * settled already. Whatever they do with it is right.
 */
export type Settled = "delivered" | "postponed" | "parked" | "lost";

/** What the sink refused decides whether the sink is back; all else says nothing of it. */
const failureOf = (left: ReadonlyArray<Failed>): TransientFailure =>
  (left.find(({ failure }) => isSinkFailure(failure)) ?? left[0])?.failure ?? "unknown";

/** When what waits only for its names is delivered without them; undefined: nothing does. */
const deliverBy = (left: ReadonlyArray<Failed>, { maxDelaySeconds }: EnrichPolicy): Instant | undefined => {
  const waiting = left.filter(({ failure }) => isGenesysFailure(failure)).map(({ message }) => message.receivedAt);
  return waiting.length === 0 ? undefined : Math.min(...waiting) + secondsToMilliseconds(maxDelaySeconds);
};

/** A chunk that made way has not failed: it comes back soon, at a time of its own. */
const comesBackWithin = 2 * 60_000;

const dueAt = (attempted: Attempted, { enrich }: RetryPolicy, now: Instant, random: number): Instant => {
  const { chunk, left, madeWay } = attempted;
  if (madeWay) return now + 1_000 + Math.ceil(random * comesBackWithin);
  const waits = left.map((failed) => failed.retryAfterSeconds ?? 0);
  const retryAfterSeconds = Math.max(attempted.retryAfterSeconds, ...waits);
  const allowed = now + secondsToMilliseconds(retryAfterSeconds);
  if (chunk.isCanary) return Math.max(now + canaryEvery, allowed);
  const next = nextAttemptAt({ attempt: chunk.attempt, failure: failureOf(left), retryAfterSeconds }, now, random);
  const latest = deliverBy(left, enrich) ?? 0;
  return latest > now ? Math.max(Math.min(next, latest), allowed) : next;
};

/**
 * Beyond the horizon as a whole: events of a chunk are about equally old, and only all of them together can be parked by
 * the very write that ends the attempt, so that none is parked here and delivered by another attempt.
 */
export const areExpired = (left: ReadonlyArray<Failed>, now: Instant, { maximumEventAgeDays }: RetryPolicy): boolean =>
  left.length > 0 && left.every(({ message }) => isBeyondHorizon(message.receivedAt, now, maximumEventAgeDays));

const toRemainder = ({ message, failure }: Failed, more: Pick<FailedEvent, "sealed" | "detail">): FailedEvent =>
  toFailedEvent({ ...message, receives: message.receives + 1 }, failure, more);

const remainderOf = (attempted: Attempted, policy: RetryPolicy, now: Instant, random: number): ChunkRemainder => {
  const { left, sealed, isExpired: isParked } = attempted;
  const detail = isParked ? { detail: `not delivered within ${policy.maximumEventAgeDays} days` } : {};
  const events = left.map((failed) =>
    toRemainder(failed, { ...detail, ...(sealed.includes(failed) ? { sealed: true } : {}) }),
  );
  return { events, failure: failureOf(left), dueAt: dueAt(attempted, policy, now, random), isParked };
};

/** How retries go decides how many the next minute starts; a count that is lost moves nothing. */
const tally =
  (settled: Settled): RTE.ReaderTaskEither<SettleCapabilities, never, unknown> =>
  ({ tallyRetry }) =>
    settled === "lost"
      ? TE.right(undefined)
      : TE.fromTask(pipe(tallyRetry(settled === "delivered" ? "delivered" : "postponed"), T.asUnit));

/** Ends an attempt: the chunk is gone, or holds what is left of it and the time of its next attempt. */
export const settleFailedChunk = (
  attempted: Attempted,
  policy: RetryPolicy,
): RTE.ReaderTaskEither<SettleCapabilities, ChunkNotSettled, Settled> =>
  pipe(
    RTE.ask<SettleCapabilities>(),
    RTE.flatMapTaskEither(({ deleteChunk, replaceChunk, now, random }) => {
      const { chunk, left } = attempted;
      // One that is gone may have been removed by this very call, whose answer got lost.
      if (left.length === 0)
        return pipe(
          deleteChunk(chunk),
          TE.map((): Settled => "delivered"),
        );
      const remainder = remainderOf(attempted, policy, now(), random());
      const settled = remainder.isParked ? "parked" : "postponed";
      return pipe(
        replaceChunk(chunk, remainder),
        TE.map((isOurs): Settled => (isOurs ? settled : "lost")),
      );
    }),
    RTE.mapLeft(({ reason }): ChunkNotSettled => ({ _tag: "ChunkNotSettled", reason })),
    RTE.tap(tally),
  );
