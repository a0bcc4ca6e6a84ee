import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import * as T from "fp-ts/lib/Task.js";
import { type Copies, groupCopies, triage } from "../domain/copies.ts";
import { decodeMessage } from "../domain/decode-message.ts";
import { deliveredLine, maximumRecordBytes } from "../domain/delivered-line.ts";
import type { EventKey } from "../domain/event-key.ts";
import type { GenesysEvent } from "../domain/genesys-event.ts";
import type { Message } from "../domain/message.ts";
import { deliveredOutcomes, failed, failedOutcomes, type Outcome, repeatsOf } from "../domain/outcome.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { FailedEvents } from "../ports/failed-events.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { type DeliverCapabilities, deliver } from "./deliver.ts";
import { type Hopeless, park } from "./park.ts";
import { reportOutcomes } from "./report-outcomes.ts";

export type ProcessBatchCapabilities = Deliveries & DeliverCapabilities & FailedEvents & Telemetry;

interface Decoded {
  readonly events: ReadonlyArray<GenesysEvent>;
  readonly hopeless: ReadonlyArray<Hopeless>;
  readonly failed: ReadonlyArray<Outcome>;
}

/** One pass over the batch. A record on which our own code throws fails alone instead of taking the batch along. */
const decodeAll = (messages: ReadonlyArray<Message>): Decoded => {
  const events: GenesysEvent[] = [];
  const hopeless: Hopeless[] = [];
  const broken: Outcome[] = [];
  for (const message of messages) {
    const decoded = E.tryCatch(() => decodeMessage(message), E.toError);
    if (E.isLeft(decoded)) broken.push(failed(message, "unknown"));
    else if (E.isLeft(decoded.right)) {
      hopeless.push({ message, reason: "malformed", detail: decoded.right.left.reason });
    } else events.push(decoded.right.right);
  }
  return { events, hopeless, failed: broken };
};

interface Sized {
  readonly fitting: ReadonlyArray<{ readonly copies: Copies; readonly line: string }>;
  readonly tooLarge: ReadonlyArray<Copies>;
}

const composeLines = (fresh: ReadonlyArray<Copies>): Sized => {
  const fitting: { copies: Copies; line: string }[] = [];
  const tooLarge: Copies[] = [];
  for (const copies of fresh) {
    const line = deliveredLine(copies.first);
    if (Buffer.byteLength(line) > maximumRecordBytes) tooLarge.push(copies);
    else fitting.push({ copies, line });
  }
  return { fitting, tooLarge };
};

const deliverFresh =
  (fitting: Sized["fitting"]): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const failures = await deliver(fitting.map(({ line }) => line))(capabilities)();
    const taken = fitting.filter((_, index) => !failures.has(index)).map(({ copies }) => copies.first);
    const unrecorded = new Set(await capabilities.recordDeliveries(taken)());
    return fitting.flatMap(({ copies }, index) => {
      const failure = failures.get(index);
      return failure === undefined
        ? deliveredOutcomes(copies, !unrecorded.has(copies.first))
        : failedOutcomes(copies, failure);
    });
  };

const tooLargeMessages = (
  groups: ReadonlyArray<Copies>,
  messages: ReadonlyMap<string, Message>,
): ReadonlyArray<Hopeless> =>
  groups
    .flatMap(({ first, others }) => [first, ...others])
    .flatMap((event) => {
      const message = messages.get(event.messageId);
      const detail = `over ${maximumRecordBytes} bytes, the most that Firehose takes`;
      return message === undefined ? [] : [{ message, reason: "tooLarge", detail, key: event.key } as const];
    });

const settleKnown =
  (
    groups: ReadonlyArray<Copies>,
    known: ReadonlyMap<EventKey, string>,
    messages: ReadonlyMap<string, Message>,
  ): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const { fresh, delivered } = triage(groups, known);
    const { fitting, tooLarge } = composeLines(fresh);
    return [
      ...delivered.flatMap(({ copies, messageId }) => repeatsOf(copies, messageId)),
      ...(await deliverFresh(fitting)(capabilities)()),
      ...(await park(tooLargeMessages(tooLarge, messages))(capabilities)()),
    ];
  };

/** check -> deliver -> record. While the check fails nothing is delivered: the events stay in the buffer. */
const checkAndDeliver =
  (
    groups: ReadonlyArray<Copies>,
    messages: ReadonlyMap<string, Message>,
  ): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
    pipe(
      capabilities.findDeliveries(groups.map(({ first }) => first)),
      T.flatMap(
        E.fold(
          () => T.of(groups.flatMap((copies) => failedOutcomes(copies, "dynamodbUnavailable"))),
          (known) => settleKnown(groups, known, messages)(capabilities),
        ),
      ),
    );

const settle =
  (messages: ReadonlyArray<Message>): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const decoded = decodeAll(messages);
    const byId = new Map(messages.map((message) => [message.messageId, message]));
    return [
      ...decoded.failed,
      ...(await park(decoded.hopeless)(capabilities)()),
      ...(await checkAndDeliver(groupCopies(decoded.events), byId)(capabilities)()),
    ];
  };

/**
 * Takes one batch from the buffer to Firehose: decode, de-duplicate, deliver, record; park what can never succeed.
 * Answers one outcome for every copy; the `Failed` ones are to be handed back to the buffer.
 */
export const processBatch = (
  messages: ReadonlyArray<Message>,
): RT.ReaderTask<ProcessBatchCapabilities, ReadonlyArray<Outcome>> => pipe(settle(messages), RT.tap(reportOutcomes));
