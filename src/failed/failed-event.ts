import * as t from "io-ts";
import type { Message } from "../event/message.ts";
import { chunksWithin } from "../text/chunks-within.ts";

/** One line of a failed chunk: everything needed to bring the event back, or to say why it stays. */
export const FailedEvent = t.exact(
  t.intersection([
    t.type({
      v: t.literal(1),
      messageId: t.string,
      /** When the buffer accepted it, epoch milliseconds. */
      receivedAt: t.number,
      /** The class of its failure. */
      reason: t.string,
      /** How often the buffer has handed it out, and how often it was retried since. */
      attempts: t.number,
      /** The message's text as received, whatever it is. */
      body: t.string,
    }),
    // Sealed: the text is as received although the stack redacts, so it is neither shown nor delivered as it is.
    t.partial({ trace: t.string, key: t.string, detail: t.string, sealed: t.literal(true) }),
  ]),
  "FailedEvent",
);
export type FailedEvent = t.TypeOf<typeof FailedEvent>;

/** A failed chunk holds at most this, so that bringing one back fits one PutRecordBatch. */
const failedChunkLimits = { count: 500, bytes: 4 * 1024 * 1024 };

/** Cuts what is to be kept together, each with its message, into chunks. */
export const failedChunksOf = <A extends { readonly message: Message }>(failed: ReadonlyArray<A>) =>
  chunksWithin<A>(failedChunkLimits, ({ message }) => Buffer.byteLength(message.body))(failed);

export const toFailedEvent = (
  message: Message,
  failure: string,
  more: Pick<FailedEvent, "key" | "detail" | "sealed"> = {},
): FailedEvent => ({
  v: 1,
  messageId: message.messageId,
  receivedAt: message.receivedAt,
  reason: failure,
  attempts: message.receives,
  body: message.body,
  ...(message.trace === undefined ? {} : { trace: message.trace }),
  ...more,
});

/** A failed event as the message it once was. */
export const toMessage = ({ messageId, receivedAt, attempts, body, trace }: FailedEvent): Message => ({
  messageId,
  body,
  receivedAt,
  receives: attempts,
  ...(trace === undefined ? {} : { trace }),
});
