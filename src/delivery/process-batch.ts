import { pipe } from "fp-ts/lib/function.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import * as T from "fp-ts/lib/Task.js";
import type { Arrivals } from "../breakers/ports.ts";
import type { EnrichPolicy } from "../enrichment/enrich.ts";
import { groupCopies } from "../event/copies.ts";
import { decodeMessages } from "../event/decode-messages.ts";
import type { Message } from "../event/message.ts";
import type { Outcome } from "../event/outcome.ts";
import { type MalformedSoFar, reportMalformed, reportOutcomes } from "../event/report-outcomes.ts";
import { type KeepCapabilities, keepFailedEvents } from "../failed/keep-failed-events.ts";
import { parkMessages } from "../failed/park-messages.ts";
import { type DeliverEventsCapabilities, deliverEvents } from "./deliver-events.ts";
import { type GuardSinkCapabilities, guardSink } from "./guard-sink.ts";

export type ProcessBatchCapabilities = DeliverEventsCapabilities &
  KeepCapabilities &
  GuardSinkCapabilities &
  Pick<Arrivals, "noteArrival"> &
  MalformedSoFar;

/** A table that does not answer is asked three times, for ten seconds each: that must not outlast the invocation. */
const longestNote = 31_000;

/** What comes for the second time has arrived before. A note that cannot be made is made with the next batch. */
const noteArrivals =
  (messages: ReadonlyArray<Message>): RT.ReaderTask<ProcessBatchCapabilities, unknown> =>
  ({ noteArrival, now, timeLeft }) =>
    messages.some(({ receives }) => receives === 1) && timeLeft() > longestNote ? noteArrival(now()) : T.of(undefined);

/** Delivers the events of messages; what is no event is parked. Answers one outcome for every message. */
export const deliverMessages =
  (
    messages: ReadonlyArray<Message>,
    policy: EnrichPolicy,
  ): RT.ReaderTask<DeliverEventsCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const { events, toPark, broken } = decodeMessages(messages, capabilities);
    return [
      ...broken,
      ...(await deliverEvents(groupCopies(events), policy)(capabilities)()),
      // Last, so that a crash on the way does not park the same messages again and again.
      ...(await parkMessages(toPark)(capabilities)()),
    ];
  };

/**
 * Takes one batch from the buffer to Firehose: decode, de-duplicate, enrich, deliver, record; park what can never
 * succeed, make durable what failed. Answers one outcome for every copy; the `Failed` ones stay in the buffer.
 */
export const processBatch =
  (policy: EnrichPolicy) =>
  (messages: ReadonlyArray<Message>): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> =>
    pipe(
      deliverMessages(messages, policy),
      RT.flatMap(keepFailedEvents),
      RT.flatMap(guardSink),
      RT.tap(reportOutcomes),
      RT.tap(reportMalformed),
      // Last: nothing waits for it.
      RT.tap(() => noteArrivals(messages)),
    );
