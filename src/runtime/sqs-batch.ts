import { hash } from "node:crypto";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as t from "io-ts";
import { parseInstant } from "../domain/instant.ts";
import type { Message } from "../domain/message.ts";
import type { Outcome } from "../domain/outcome.ts";
import { decodeOrThrow } from "./decode-or-throw.ts";
import type { LambdaHandler } from "./lambda.ts";

const SqsEvent = t.type(
  {
    Records: t.array(
      t.type({
        messageId: t.string,
        body: t.string,
        attributes: t.type({ ApproximateReceiveCount: t.string, SentTimestamp: t.string }),
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

const messagesOf = (event: t.TypeOf<typeof SqsEvent>): ReadonlyArray<Message> =>
  event.Records.map(({ messageId, body, attributes }) => ({
    messageId,
    body,
    receivedAt: parseInstant(attributes.SentTimestamp) ?? 0,
    receiveCount: Number(attributes.ApproximateReceiveCount),
  }));

/** Another order at each receive, so that what stands behind a killer in one order is ahead of it in the next. */
const place = ({ messageId, receiveCount }: Message): string => hash("md5", `${receiveCount}:${messageId}`, "hex");

const unitsOf = (messages: ReadonlyArray<Message>): ReadonlyArray<ReadonlyArray<Message>> => {
  const suspects = messages.filter(({ receiveCount }) => receiveCount >= suspectFrom);
  const others = messages.filter(({ receiveCount }) => receiveCount < suspectFrom);
  const alone = suspects.toSorted((a, b) => place(a).localeCompare(place(b))).map((message) => [message]);
  return others.length === 0 ? alone : [others, ...alone];
};

const responseTo = (outcomes: ReadonlyArray<Outcome>): SqsBatchResponse => ({
  batchItemFailures: outcomes
    .filter(({ _tag }) => _tag === "Failed")
    .map(({ messageId }) => ({ itemIdentifier: messageId })),
});

/** Runs a step on SQS batches and answers with the messages that have to stay in the buffer. */
export const sqsBatch =
  <R>(step: (messages: ReadonlyArray<Message>) => ReaderTask<R, ReadonlyArray<Outcome>>) =>
  (capabilities: R): LambdaHandler =>
  async (event) => {
    const outcomes: Outcome[] = [];
    for (const unit of unitsOf(messagesOf(decodeOrThrow(SqsEvent, event)))) {
      outcomes.push(...(await step(unit)(capabilities)()));
    }
    return responseTo(outcomes);
  };
