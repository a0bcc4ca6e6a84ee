import type { Copies } from "./copies.ts";
import type { FailureClass, PermanentFailure, TransientFailure } from "./failure.ts";
import type { Message } from "./message.ts";

/**
 * What became of one copy in one invocation. `Delivered`: handed to Firehose now. `Redelivered`: this very copy was
 * handed over before, so nothing new. `Failed`: still in the buffer.
 */
export type Outcome =
  | { readonly _tag: "Delivered"; readonly messageId: string; readonly recorded: boolean }
  | { readonly _tag: "Redelivered"; readonly messageId: string }
  | { readonly _tag: "Duplicate"; readonly messageId: string }
  | { readonly _tag: "Parked"; readonly messageId: string; readonly reason: PermanentFailure }
  | { readonly _tag: "Failed"; readonly messageId: string; readonly failure: FailureClass };

const repeatOf = (delivered: string, messageId: string): Outcome =>
  messageId === delivered ? { _tag: "Redelivered", messageId } : { _tag: "Duplicate", messageId };

/** Outcomes of the copies of an event of which copy `delivered` reached Firehose in an earlier invocation. */
export const repeatsOf = (copies: Copies, delivered: string): ReadonlyArray<Outcome> =>
  [copies.first, ...copies.others].map(({ messageId }) => repeatOf(delivered, messageId));

/** Outcomes of the copies of an event that was delivered now. */
export const deliveredOutcomes = (copies: Copies, recorded: boolean): ReadonlyArray<Outcome> => [
  { _tag: "Delivered", messageId: copies.first.messageId, recorded },
  ...copies.others.map(({ messageId }) => repeatOf(copies.first.messageId, messageId)),
];

/** When an event fails, all its copies fail: acknowledging the others as duplicates would lose it. */
export const failedOutcomes = (copies: Copies, failure: TransientFailure): ReadonlyArray<Outcome> =>
  [copies.first, ...copies.others].map(({ messageId }) => ({ _tag: "Failed", messageId, failure }));

export const failed = (message: Pick<Message, "messageId">, failure: FailureClass): Outcome => ({
  _tag: "Failed",
  messageId: message.messageId,
  failure,
});
