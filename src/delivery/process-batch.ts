import { pipe } from "fp-ts/lib/function.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import type { EnrichPolicy } from "../enrichment/enrich.ts";
import { groupCopies } from "../event/copies.ts";
import { decodeMessages } from "../event/decode-messages.ts";
import type { Message } from "../event/message.ts";
import type { Outcome } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import { type KeepCapabilities, keepFailedEvents } from "../failed/keep-failed-events.ts";
import { park } from "../failed/park.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { type DeliverEventsCapabilities, deliverEvents } from "./deliver-events.ts";
import { type GuardSinkCapabilities, guardSink } from "./guard-sink.ts";

export type ProcessBatchCapabilities = DeliverEventsCapabilities & KeepCapabilities & GuardSinkCapabilities & Telemetry;

const settle =
  (
    messages: ReadonlyArray<Message>,
    policy: EnrichPolicy,
  ): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const { events, hopeless, broken } = decodeMessages(messages, capabilities);
    const byId = new Map(messages.map((message) => [message.messageId, message]));
    const outcomes = [
      ...broken,
      ...(await deliverEvents(groupCopies(events), byId, policy)(capabilities)()),
      // Last, so that a crash on the way does not park the same messages again and again.
      ...(await park(hopeless)(capabilities)()),
    ];
    const kept = await keepFailedEvents(outcomes, byId)(capabilities)();
    return guardSink(kept, byId)(capabilities)();
  };

/**
 * Takes one batch from the buffer to Firehose: decode, de-duplicate, enrich, deliver, record; park what can never
 * succeed, make durable what failed. Answers one outcome for every copy; the `Failed` ones stay in the buffer.
 */
export const processBatch =
  (policy: EnrichPolicy) =>
  (messages: ReadonlyArray<Message>): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> =>
    pipe(settle(messages, policy), RT.tap(reportOutcomes));
