import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import { isSinkFailure, type TransientFailure } from "../event/failure.ts";
import type { Message } from "../event/message.ts";
import { type Failed, isFailed, type Outcome } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import { secondsToMilliseconds } from "../time/instant.ts";
import type { Clock } from "../time/ports.ts";
import { leaseFor } from "./failed-chunk.ts";
import { failedChunkLimits, toFailedEvent } from "./failed-event.ts";
import type { KeepFailedEvents } from "./ports.ts";
import type { StartRetries } from "./retries.ts";

export type KeepCapabilities = KeepFailedEvents & StartRetries & Telemetry & Pick<Clock, "now">;

interface FailedMessage {
  readonly message: Message;
  readonly failed: Failed;
}

const sizeOf = ({ message }: FailedMessage): number => Buffer.byteLength(message.body);
const chunked = chunksWithin<FailedMessage>(failedChunkLimits, sizeOf);

/** A sink that took nothing at all is down: its events wait in the buffer, which costs nothing. */
const isWaitingForSink = ({ failure }: Failed, isFlowing: boolean): boolean => {
  if (failure === "dynamodbUnavailable" || failure === "s3Unavailable") return true;
  return isSinkFailure(failure) && !isFlowing;
};

/** What could not be delivered in time adds to an overload when it comes back at once: redrive spreads it out. */
const startsAtOnce = (failure: TransientFailure): boolean => failure !== "timeout" && !isSinkFailure(failure);

const soon = 30_000;

const keepChunk =
  (chunk: ReadonlyArray<FailedMessage>): ReaderTask<KeepCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const [first] = chunk;
    if (first === undefined) return [];
    const { failure } = first.failed;
    const wait = Math.max(...chunk.map(({ failed }) => failed.retryAfterSeconds ?? 0));
    const now = capabilities.now();
    const isAtOnce = wait === 0 && startsAtOnce(failure);
    const dueAt = now + (isAtOnce ? leaseFor : Math.max(secondsToMilliseconds(wait), soon));
    const events = chunk.map(({ message }) => toFailedEvent(message, failure));
    const kept = await capabilities.keepForRetry(failure, events, dueAt)();
    if (E.isLeft(kept)) {
      capabilities.warn("failed events could not be stored", { reason: kept.left.reason, events: chunk.length })();
      // Now it is the store that they wait for.
      const { failure: unstorable } = kept.left;
      return chunk.map(({ failed }) => ({ ...failed, failure: unstorable }));
    }
    // If it cannot be started, or has to wait, redrive-failed-events starts it when it is due.
    if (isAtOnce) await capabilities.startRetry(kept.right)();
    return chunk.map(({ message: { messageId } }) => ({ _tag: "Retrying", messageId, failure }));
  };

/**
 * Makes what failed individually durable before it is acknowledged: chunks by failure, each started at once unless a
 * vendor asked to wait. What cannot be stored stays `Failed`.
 */
export const keepFailedEvents =
  (
    outcomes: ReadonlyArray<Outcome>,
    messages: ReadonlyMap<string, Message>,
  ): ReaderTask<KeepCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const isFlowing = outcomes.some(({ _tag }) => _tag === "Delivered");
    const settled: Outcome[] = [];
    const failed: FailedMessage[] = [];
    for (const outcome of outcomes) {
      const message = messages.get(outcome.messageId);
      if (!isFailed(outcome) || message === undefined || isWaitingForSink(outcome, isFlowing)) settled.push(outcome);
      else failed.push({ message, failed: outcome });
    }
    for (const group of Map.groupBy(failed, (each) => each.failed.failure).values()) {
      for (const chunk of chunked(group)) settled.push(...(await keepChunk(chunk)(capabilities)()));
    }
    return settled;
  };

/** Makes messages durable that nobody had the time to look at: as they are, without decoding them. */
export const keepUnseen = (messages: ReadonlyArray<Message>): ReaderTask<KeepCapabilities, ReadonlyArray<Outcome>> => {
  const unseen = messages.map(({ messageId }): Outcome => ({ _tag: "Failed", messageId, failure: "timeout" }));
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  return pipe(keepFailedEvents(unseen, byId), RT.tap(reportOutcomes));
};
