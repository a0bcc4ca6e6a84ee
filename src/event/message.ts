import type { Instant } from "../time/instant.ts";

/** A copy of an event, as the buffer hands it over. */
export interface Message {
  /** SQS messageId: by it a run's ledger names the copy, whatever becomes of it. */
  readonly messageId: string;
  readonly body: string;
  /** When the buffer accepted it (SentTimestamp). */
  readonly receivedAt: Instant;
  /** How often the buffer has handed it out, this time included (ApproximateReceiveCount). */
  readonly receives: number;
}
