import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as t from "io-ts";
import { type DeadLetter, deadLetterDetail } from "../dead-letters/dead-letter.ts";
import { isFailed, messageIdsOf, type Outcome } from "../event/outcome.ts";
import { parseInstant } from "../time/instant.ts";
import { decodeOrThrow } from "./decode-or-throw.ts";
import type { LambdaHandler } from "./lambda.ts";

const DeadLetterEvent = t.type(
  {
    Records: t.array(
      t.type({
        messageId: t.string,
        body: t.string,
        eventSourceARN: t.string,
        attributes: t.type({ ApproximateReceiveCount: t.string, SentTimestamp: t.string }),
        messageAttributes: t.record(t.string, t.partial({ stringValue: t.string })),
      }),
    ),
  },
  "DeadLetterEvent",
);

const lettersOf = ({ Records }: t.TypeOf<typeof DeadLetterEvent>): ReadonlyArray<DeadLetter> =>
  Records.map(({ messageId, body, eventSourceARN, attributes, messageAttributes }) => ({
    messageId,
    body,
    receivedAt: parseInstant(attributes.SentTimestamp) ?? 0,
    receives: Number(attributes.ApproximateReceiveCount),
    detail: deadLetterDetail(
      eventSourceARN.slice(eventSourceARN.lastIndexOf(":") + 1),
      Object.fromEntries(Object.entries(messageAttributes).map(([name, { stringValue }]) => [name, stringValue ?? ""])),
    ),
  }));

/** Runs a step on batches of a dead-letter queue, and answers with the messages that have to stay in it. */
export const deadLetterBatch =
  <R>(step: (letters: ReadonlyArray<DeadLetter>) => ReaderTask<R, ReadonlyArray<Outcome>>) =>
  (capabilities: R): LambdaHandler =>
  async (event) => {
    const outcomes = await step(lettersOf(decodeOrThrow(DeadLetterEvent, event)))(capabilities)();
    return { batchItemFailures: messageIdsOf(outcomes.filter(isFailed)).map((itemIdentifier) => ({ itemIdentifier })) };
  };
