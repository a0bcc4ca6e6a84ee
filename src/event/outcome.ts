import type { Copies } from "./copies.ts";
import type { FailureClass, TransientFailure } from "./failure.ts";

/**
 * What became of one copy in one invocation. `Delivered`: handed to Firehose now. `Redelivered`: this very copy was
 * handed over before, so nothing new. `Retrying`: durable in a failed chunk. `Failed`: still where it came from.
 */
export type Outcome =
  | { readonly _tag: "Delivered"; readonly messageId: string; readonly recorded: boolean }
  | { readonly _tag: "Redelivered"; readonly messageId: string }
  | { readonly _tag: "Duplicate"; readonly messageId: string }
  | { readonly _tag: "Parked"; readonly messageId: string; readonly reason: FailureClass }
  | { readonly _tag: "Retrying"; readonly messageId: string; readonly failure: TransientFailure }
  | Failed;

export interface Failed extends Failure {
  readonly _tag: "Failed";
  readonly messageId: string;
}

/** Why an event has to wait, and how long at least when a vendor said so. */
export interface Failure {
  readonly failure: TransientFailure;
  readonly retryAfterSeconds?: number;
}

export const isFailed = (outcome: Outcome): outcome is Failed => outcome._tag === "Failed";

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
export const failedOutcomes = (copies: Copies, failure: Failure): ReadonlyArray<Outcome> =>
  [copies.first, ...copies.others].map(({ messageId }) => ({ _tag: "Failed", messageId, ...failure }));
