import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import { canaryEvery, sinkPatience } from "../breakers/breaker.ts";
import type { Breakers } from "../breakers/ports.ts";
import type { SinkHealth } from "../breakers/sink-health.ts";
import { isSinkFailure, type TransientFailure } from "../event/failure.ts";
import type { Message } from "../event/message.ts";
import { type Failed, isFailed, type Outcome } from "../event/outcome.ts";
import { failedChunkLimits, toFailedEvent } from "../failed/failed-event.ts";
import type { KeepFailedEvents } from "../failed/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import type { Clock } from "../time/ports.ts";

export type GuardSinkCapabilities = Breakers & KeepFailedEvents & SinkHealth & Telemetry & Pick<Clock, "now">;

interface Stuck {
  readonly message: Message;
  readonly failed: Failed;
}

const chunked = chunksWithin<Stuck>(failedChunkLimits, ({ message }) => Buffer.byteLength(message.body));

const stuckOf = (outcomes: ReadonlyArray<Outcome>, messages: ReadonlyMap<string, Message>): ReadonlyArray<Stuck> =>
  outcomes.filter(isFailed).flatMap((failed) => {
    const message = messages.get(failed.messageId);
    return message === undefined || !isSinkFailure(failed.failure) ? [] : [{ message, failed }];
  });

/** The canary: one chunk whose redelivery, minute by minute, shows when the sink is back. */
const keepCanary =
  (chunk: ReadonlyArray<Stuck>, failure: TransientFailure): ReaderTask<GuardSinkCapabilities, string | undefined> =>
  ({ keepForRetry, now, warn }) =>
  async () => {
    const events = chunk.map(({ message }) => toFailedEvent(message, failure));
    const kept = await keepForRetry(failure, events, now() + canaryEvery, { isCanary: true })();
    if (E.isRight(kept)) return kept.right.chunkId;
    warn("the canary could not be stored", { reason: kept.left.reason })();
    return undefined;
  };

const openBreaker =
  (stuck: ReadonlyArray<Stuck>, failure: TransientFailure): ReaderTask<GuardSinkCapabilities, ReadonlySet<string>> =>
  (capabilities) =>
  async () => {
    const [first = []] = chunked(stuck);
    const canary = await keepCanary(first, failure)(capabilities)();
    const openedAt = capabilities.now();
    const named = canary === undefined ? {} : { canary };
    const opened = await capabilities.openBreaker({
      name: "sink",
      openedAt,
      reason: failure,
      by: "process-batch",
      ...named,
    })();
    if (E.isRight(opened) && opened.right) {
      capabilities.warn("nothing gets through: the breaker of the sink is open", { reason: failure, ...named })();
    }
    return new Set(canary === undefined ? [] : first.map(({ message }) => message.messageId));
  };

/**
 * Notices that a sink takes nothing at all. After 20 s of that it opens the shared breaker, so that
 * redrive-failed-events pauses the event source mapping, and keeps one chunk as the canary; everything else stays in
 * the buffer, where waiting costs nothing.
 */
export const guardSink =
  (
    outcomes: ReadonlyArray<Outcome>,
    messages: ReadonlyMap<string, Message>,
  ): ReaderTask<GuardSinkCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const stuck = stuckOf(outcomes, messages);
    const [first] = stuck;
    // Without the store nothing can be kept that fails, so then it does not help that others are delivered.
    const isUnstorable = stuck.some(({ failed }) => failed.failure === "s3Unavailable");
    const isFlowing = outcomes.some(({ _tag }) => _tag === "Delivered") && !isUnstorable;
    if (isFlowing) capabilities.recovered();
    if (first === undefined || isFlowing) return outcomes;
    const now = capabilities.now();
    if (now - capabilities.failingSince(now) < sinkPatience) return outcomes;
    // What cannot be read cannot be written; redrive-failed-events pauses the mapping for the same reason.
    const breaker = await capabilities.readBreaker("sink")();
    if (E.isLeft(breaker) || breaker.right !== undefined) return outcomes;
    const { failure } = first.failed;
    const kept = await openBreaker(stuck, failure)(capabilities)();
    return outcomes.map((outcome) =>
      kept.has(outcome.messageId) ? { _tag: "Retrying", messageId: outcome.messageId, failure } : outcome,
    );
  };
