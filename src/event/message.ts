import type { Instant } from "../time/instant.ts";

/** A copy of an event, as the buffer hands it over. */
export interface Message {
  /** X-Ray's trace header, where AWS gives one: `Root=1-...;Parent=...;Sampled=1`. */
  readonly trace?: string;
  /** SQS messageId: by it a run's ledger names the copy, whatever becomes of it. */
  readonly messageId: string;
  readonly body: string;
  /** When the buffer accepted it (SentTimestamp). */
  readonly receivedAt: Instant;
  /** How often the buffer has handed it out, this time included (ApproximateReceiveCount). */
  readonly receives: number;
}
