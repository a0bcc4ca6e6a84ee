import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import { isSinkFailure, type TransientFailure } from "../event/failure.ts";
import type { Message } from "../event/message.ts";
import { type Failed, failedMessages, isFailed, type Outcome } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { type Instant, secondsToMilliseconds } from "../time/instant.ts";
import type { Clock } from "../time/ports.ts";
import { leaseFor } from "./failed-chunk.ts";
import { failedChunksOf, toFailedEvent } from "./failed-event.ts";
import type { KeepFailedEvents, StartRetries } from "./ports.ts";

export type KeepCapabilities = KeepFailedEvents & StartRetries & Telemetry & Pick<Clock, "now">;

/** A sink that took nothing at all is down: its events wait in the buffer, which costs nothing. */
const isWaitingForSink = ({ failure }: Failed, isFlowing: boolean): boolean => {
  if (failure === "dynamodbUnavailable" || failure === "s3Unavailable") return true;
  return isSinkFailure(failure) && !isFlowing;
};

/** What could not be delivered in time adds to an overload when it comes back at once: redrive spreads it out. */
const startsAtOnce = (failure: TransientFailure): boolean => failure !== "timeout" && !isSinkFailure(failure);

const soon = 30_000;

/** When a new chunk is due: after its first execution's lease, or after the wait that a vendor asks for. */
const dueAt = (isAtOnce: boolean, waitSeconds: number, now: Instant): Instant =>
  now + (isAtOnce ? leaseFor : Math.max(secondsToMilliseconds(waitSeconds), soon));

const keepChunk =
  (failure: TransientFailure, chunk: ReadonlyArray<Failed>): ReaderTask<KeepCapabilities, ReadonlyArray<Outcome>> =>
  ({ keepForRetry, startRetry, now, warn }) =>
  async () => {
    const wait = Math.max(...chunk.map(({ retryAfterSeconds = 0 }) => retryAfterSeconds));
    const isAtOnce = wait === 0 && startsAtOnce(failure);
    const events = chunk.map(({ message }) => toFailedEvent(message, failure));
    const kept = await keepForRetry(failure, events, dueAt(isAtOnce, wait, now()))();
    if (E.isLeft(kept)) {
      warn("failed events could not be stored", { reason: kept.left.reason, events: chunk.length })();
      // Now it is the store that they wait for.
      return chunk.map((failed) => ({ ...failed, failure: kept.left.failure }));
    }
    // If it cannot be started, or has to wait, redrive-failed-events starts it when it is due.
    if (isAtOnce) await startRetry(kept.right)();
    return chunk.map(({ message }) => ({ _tag: "Retrying", message, failure }));
  };

/**
 * Makes what failed individually durable before it is acknowledged: chunks by failure, each started at once unless a
 * vendor asked to wait. What cannot be stored stays `Failed`.
 */
export const keepFailedEvents =
  (outcomes: ReadonlyArray<Outcome>): ReaderTask<KeepCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const isFlowing = outcomes.some(({ _tag }) => _tag === "Delivered");
    const isKept = (outcome: Outcome): outcome is Failed => isFailed(outcome) && !isWaitingForSink(outcome, isFlowing);
    const settled: Outcome[] = outcomes.filter((outcome) => !isKept(outcome));
    for (const [failure, group] of Map.groupBy(outcomes.filter(isKept), (failed) => failed.failure)) {
      for (const chunk of failedChunksOf(group)) settled.push(...(await keepChunk(failure, chunk)(capabilities)()));
    }
    return settled;
  };

/** Makes messages durable that nobody had the time to look at: as they are, without decoding them. */
export const keepUnseen = (messages: ReadonlyArray<Message>): ReaderTask<KeepCapabilities, ReadonlyArray<Outcome>> =>
  pipe(keepFailedEvents(failedMessages(messages, "timeout")), RT.tap(reportOutcomes));
