import { hash } from "node:crypto";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { Task } from "fp-ts/lib/Task.js";
import * as t from "io-ts";
import type { Message } from "../event/message.ts";
import { failedMessages, isFailed, messageIdsOf, type Outcome } from "../event/outcome.ts";
import { parseInstant } from "../time/instant.ts";
import { type Deadline, enoughMilliseconds } from "../time/ports.ts";
import { decodeOrThrow } from "./decode-or-throw.ts";
import type { LambdaHandler } from "./lambda.ts";

const SqsEvent = t.type(
  {
    Records: t.array(
      t.type({
        messageId: t.string,
        receiptHandle: t.string,
        body: t.string,
        attributes: t.intersection([
          t.type({ ApproximateReceiveCount: t.string, SentTimestamp: t.string }),
          t.partial({ AWSTraceHeader: t.string }),
        ]),
      }),
    ),
  },
  "SqsEvent",
);

/** Only `batchItemFailures` counts: with any other key Lambda would take the whole batch for done. */
interface SqsBatchResponse {
  readonly batchItemFailures: ReadonlyArray<{ readonly itemIdentifier: string }>;
}

/** From this receive on a message is suspected of killing the process, and is handled alone. */
const suspectFrom = 3;

/** The buffer gives up after ten receives. A message that nobody had time for by this one is made durable unread. */
const lastTurnFrom = 8;

/** Time that is kept for suspects when a batch has some. */
const suspectsReserve = 20_000;

/** Deletes messages from the buffer without waiting for the invocation to end well. */
interface AcknowledgeMessages {
  readonly acknowledge: (receiptHandles: ReadonlyArray<string>) => Task<void>;
}

const messagesOf = (event: t.TypeOf<typeof SqsEvent>): ReadonlyArray<Message> =>
  event.Records.map(({ messageId, body, attributes }) => ({
    messageId,
    body,
    receivedAt: parseInstant(attributes.SentTimestamp) ?? 0,
    receives: Number(attributes.ApproximateReceiveCount),
    ...(attributes.AWSTraceHeader === undefined ? {} : { trace: attributes.AWSTraceHeader }),
  }));

/** Another order at each receive, so that what stands behind a killer in one order is ahead of it in the next. */
const place = ({ messageId, receives }: Message): string => hash("md5", `${receives}:${messageId}`, "hex");

const unitsOf = (messages: ReadonlyArray<Message>): ReadonlyArray<ReadonlyArray<Message>> => {
  const suspects = messages.filter(({ receives }) => receives >= suspectFrom);
  const others = messages.filter(({ receives }) => receives < suspectFrom);
  const alone = suspects.toSorted((a, b) => place(a).localeCompare(place(b))).map((message) => [message]);
  return others.length === 0 ? alone : [others, ...alone];
};

const responseTo = (outcomes: ReadonlyArray<Outcome>): SqsBatchResponse => ({
  batchItemFailures: messageIdsOf(outcomes.filter(isFailed)).map((itemIdentifier) => ({ itemIdentifier })),
});

type Step<R> = (messages: ReadonlyArray<Message>) => ReaderTask<R, ReadonlyArray<Outcome>>;

/**
 * Runs a step on SQS batches and answers with the messages that have to stay in the buffer. While there are suspects,
 * what is settled is acknowledged at once: if one of them kills the process, Lambda acknowledges nothing at all, and
 * its whole batch would follow it to the dead letters. `keep` takes messages that the time was too short for again and
 * again.
 */
export const sqsBatch =
  <R>(step: Step<R & Deadline>, keep: Step<R>) =>
  (capabilities: R & AcknowledgeMessages): LambdaHandler =>
  async (event, { getRemainingTimeInMillis }) => {
    const { Records } = decodeOrThrow(SqsEvent, event);
    const handles = new Map(Records.map(({ messageId, receiptHandle }) => [messageId, receiptHandle]));
    const units = unitsOf(messagesOf({ Records }));
    const late: Message[] = [];
    const outcomes: Outcome[] = [];
    const settle = async (settled: ReadonlyArray<Outcome>): Promise<void> => {
      outcomes.push(...settled);
      const done = settled.filter((outcome) => !isFailed(outcome));
      if (units.length > 1 && done.length > 0) {
        await capabilities.acknowledge(messageIdsOf(done).flatMap((messageId) => handles.get(messageId) ?? []))();
      }
    };
    for (const [index, unit] of units.entries()) {
      // The first unit may be a whole batch: it leaves the suspects their share of the time, or they would never be tried.
      const reserve = index === 0 && units.length > 1 && unit.length > 1 ? suspectsReserve : 0;
      const withDeadline = { ...capabilities, timeLeft: () => getRemainingTimeInMillis() - reserve };
      if (getRemainingTimeInMillis() < enoughMilliseconds) late.push(...unit);
      else await settle(await step(unit)(withDeadline)());
    }
    const unseen = late.filter(({ receives }) => receives >= lastTurnFrom);
    outcomes.push(
      ...failedMessages(
        late.filter(({ receives }) => receives < lastTurnFrom),
        "timeout",
      ),
    );
    if (unseen.length > 0) await settle(await keep(unseen)(capabilities)());
    return responseTo(outcomes);
  };
