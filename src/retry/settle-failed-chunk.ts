import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { canaryEvery } from "../breakers/breaker.ts";
import type { RetryTallies } from "../breakers/ports.ts";
import { type TransientFailure, transientFailures } from "../event/failure.ts";
import { nextAttemptAt } from "../failed/failed-chunk.ts";
import type { FailedEventsUnavailable, SettleFailedChunks } from "../failed/ports.ts";
import { type Instant, secondsToMilliseconds } from "../time/instant.ts";
import type { Clock, Random } from "../time/ports.ts";

export type SettleCapabilities = SettleFailedChunks & Pick<RetryTallies, "tallyRetry"> & Pick<Clock, "now"> & Random;

export const SettleFailedChunkInput = t.type(
  {
    chunkId: t.string,
    attempt: t.number,
    remaining: t.number,
    object: t.string,
    reason: t.string,
    retryAfterSeconds: t.number,
    deliverBy: t.number,
    isCanary: t.boolean,
    isExpired: t.boolean,
  },
  "SettleFailedChunkInput",
);
type Input = t.TypeOf<typeof SettleFailedChunkInput>;

const reasonOf = ({ reason }: Input): TransientFailure =>
  transientFailures.find((known) => known === reason) ?? "unknown";

const dueAt = (input: Input, now: Instant, random: number): Instant => {
  const { attempt, retryAfterSeconds, deliverBy, isCanary } = input;
  const next = nextAttemptAt({ attempt, reason: reasonOf(input), retryAfterSeconds }, now, random);
  const allowed = now + secondsToMilliseconds(retryAfterSeconds);
  if (isCanary) return Math.max(now + canaryEvery, allowed);
  return deliverBy > now ? Math.max(Math.min(next, deliverBy), allowed) : next;
};

/** `lost`: the lease ended meanwhile and somebody else has the chunk; whatever they do with it is right. */
export interface SettleFailedChunkOutput {
  readonly status: "delivered" | "postponed" | "parked" | "lost";
}

const statusOf = (isOurs: boolean, { isExpired }: Input): SettleFailedChunkOutput["status"] => {
  if (!isOurs) return "lost";
  return isExpired ? "parked" : "postponed";
};

/** How retries go decides how many the next minute starts; a count that is lost moves nothing. */
const tally =
  ({ status }: SettleFailedChunkOutput): RTE.ReaderTaskEither<SettleCapabilities, never, void> =>
  ({ tallyRetry }) =>
    status === "lost"
      ? TE.right(undefined)
      : TE.fromTask(pipe(tallyRetry(status === "delivered" ? "delivered" : "postponed"), T.asUnit));

/** Ends an attempt: the chunk is gone, or points to what is left of it and to the time of its next attempt. */
export const settleFailedChunk = (
  input: Input,
): RTE.ReaderTaskEither<SettleCapabilities, FailedEventsUnavailable, SettleFailedChunkOutput> =>
  pipe(
    RTE.ask<SettleCapabilities>(),
    RTE.flatMap(({ deleteChunk, replaceChunk, now, random }) => {
      const ref = { chunkId: input.chunkId, attempt: input.attempt };
      if (input.remaining === 0) {
        return pipe(
          RTE.fromTaskEither(deleteChunk(ref)),
          RTE.map((): SettleFailedChunkOutput => ({ status: "delivered" })),
        );
      }
      const remainder = {
        object: input.object,
        events: input.remaining,
        reason: reasonOf(input),
        dueAt: dueAt(input, now(), random()),
        isParked: input.isExpired,
      };
      return pipe(
        RTE.fromTaskEither(replaceChunk(ref, remainder)),
        RTE.map((isOurs): SettleFailedChunkOutput => ({ status: statusOf(isOurs, input) })),
      );
    }),
    RTE.tap(tally),
  );
