import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import { canaryEvery, sinkPatience } from "../breakers/breaker.ts";
import type { Breakers, SinkHealth } from "../breakers/ports.ts";
import { isSinkFailure, type TransientFailure } from "../event/failure.ts";
import { type Failed, isFailed, type Outcome } from "../event/outcome.ts";
import { failedChunksOf, toFailedEvent } from "../failed/failed-event.ts";
import type { KeepFailedEvents } from "../failed/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { Clock } from "../time/ports.ts";

export type GuardSinkCapabilities = Breakers & KeepFailedEvents & SinkHealth & Telemetry & Pick<Clock, "now">;

/** The canary: one chunk whose redelivery, minute by minute, shows when the sink is back. */
const keepCanary =
  (chunk: ReadonlyArray<Failed>, failure: TransientFailure): ReaderTask<GuardSinkCapabilities, string | undefined> =>
  ({ keepForRetry, now, warn }) =>
  async () => {
    const events = chunk.map(({ message }) => toFailedEvent(message, failure));
    const kept = await keepForRetry(failure, events, now() + canaryEvery, { isCanary: true })();
    if (E.isRight(kept)) return kept.right.chunkId;
    warn("the canary could not be stored", { reason: kept.left.reason })();
    return undefined;
  };

/** Opens the breaker of the sink; answers what is kept as its canary. */
const openBreaker =
  (stuck: ReadonlyArray<Failed>, failure: TransientFailure): ReaderTask<GuardSinkCapabilities, ReadonlyArray<Failed>> =>
  (capabilities) =>
  async () => {
    const [first = []] = failedChunksOf(stuck);
    const canary = await keepCanary(first, failure)(capabilities)();
    const named = canary === undefined ? {} : { canary };
    const breaker = { name: "sink", openedAt: capabilities.now(), reason: failure, by: "process-batch" } as const;
    const opened = await capabilities.openBreaker({ ...breaker, ...named })();
    if (E.isRight(opened) && opened.right) {
      capabilities.warn("nothing gets through: the breaker of the sink is open", { reason: failure, ...named })();
    }
    return canary === undefined ? [] : first;
  };

/** Whether anything gets through. Without the store nothing can be kept that fails, so then deliveries do not count. */
const isFlowing = (outcomes: ReadonlyArray<Outcome>, stuck: ReadonlyArray<Failed>): boolean =>
  outcomes.some(({ _tag }) => _tag === "Delivered") && !stuck.some(({ failure }) => failure === "s3Unavailable");

/**
 * Notices that a sink takes nothing at all. After 20 s of that it opens the shared breaker, so that
 * redrive-failed-events pauses the event source mapping, and keeps one chunk as the canary; everything else stays in
 * the buffer, where waiting costs nothing.
 */
export const guardSink =
  (outcomes: ReadonlyArray<Outcome>): ReaderTask<GuardSinkCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const stuck = outcomes.filter(isFailed).filter((failed) => isSinkFailure(failed.failure));
    const [first] = stuck;
    if (isFlowing(outcomes, stuck)) {
      capabilities.recovered();
      return outcomes;
    }
    const now = capabilities.now();
    if (first === undefined || now - capabilities.failingSince(now) < sinkPatience) return outcomes;
    // A table that cannot be read will take no breaker either; redrive-failed-events then pauses the mapping by itself.
    const breaker = await capabilities.readBreaker("sink")();
    if (E.isLeft(breaker) || breaker.right !== undefined) return outcomes;
    const { failure } = first;
    const kept = new Set<Outcome>(await openBreaker(stuck, failure)(capabilities)());
    return outcomes.map((outcome) =>
      kept.has(outcome) ? { _tag: "Retrying", message: outcome.message, failure } : outcome,
    );
  };
