import type { Copies } from "./copies.ts";
import type { Failure, FailureClass, TransientFailure } from "./failure.ts";
import type { Message } from "./message.ts";

/**
 * What became of one copy in one invocation. `Delivered`: handed to Firehose now. `Redelivered`: this very copy was
 * handed over before, so nothing new. `Retrying`: durable in a failed chunk. `Failed`: still where it came from.
 */
export type Outcome =
  | { readonly _tag: "Delivered"; readonly message: Message; readonly recorded: boolean }
  | { readonly _tag: "Redelivered"; readonly message: Message }
  | { readonly _tag: "Duplicate"; readonly message: Message }
  | { readonly _tag: "Parked"; readonly message: Message; readonly failure: FailureClass }
  | { readonly _tag: "Retrying"; readonly message: Message; readonly failure: TransientFailure }
  | Failed;

export interface Failed extends Failure {
  readonly _tag: "Failed";
  readonly message: Message;
}

/** A message that is to be parked: no retry can help it, or its queue has given up on it. */
export interface ToPark<M extends Message = Message> {
  readonly message: M;
  readonly failure: FailureClass;
  readonly detail: string;
  readonly key?: string;
}

export const isFailed = (outcome: Outcome): outcome is Failed => outcome._tag === "Failed";

/** The messages of outcomes, by the id that their queue knows them by. */
export const messageIdsOf = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<string> =>
  outcomes.map(({ message }) => message.messageId);

export const failedMessages = <M extends Message>(
  messages: ReadonlyArray<M>,
  failure: TransientFailure,
): ReadonlyArray<Failed> => messages.map((message) => ({ _tag: "Failed", message, failure }));

const messagesOf = ({ first, others }: Copies): ReadonlyArray<Message> =>
  [first, ...others].map(({ message }) => message);

const repeatOf = (delivered: string, message: Message): Outcome =>
  message.messageId === delivered ? { _tag: "Redelivered", message } : { _tag: "Duplicate", message };

/** Outcomes of the copies of an event of which copy `delivered` reached Firehose in an earlier invocation. */
export const repeatsOf = (copies: Copies, delivered: string): ReadonlyArray<Outcome> =>
  messagesOf(copies).map((message) => repeatOf(delivered, message));

/** Outcomes of the copies of an event that was delivered now. */
export const deliveredOutcomes = ({ first, others }: Copies, recorded: boolean): ReadonlyArray<Outcome> => [
  { _tag: "Delivered", message: first.message, recorded },
  ...others.map(({ message }) => repeatOf(first.message.messageId, message)),
];

/** When an event fails, all its copies fail: acknowledging the others as duplicates would lose it. */
export const failedOutcomes = (copies: Copies, failure: Failure): ReadonlyArray<Failed> =>
  messagesOf(copies).map((message) => ({ _tag: "Failed", message, ...failure }));

/** What nobody can deliver of an event, with all its copies. */
export const copiesToPark = (copies: Copies, failure: FailureClass, detail: string): ReadonlyArray<ToPark> =>
  messagesOf(copies).map((message) => ({ message, failure, detail, key: copies.first.key }));
