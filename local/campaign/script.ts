/*
 * What happens in a conversation, before anybody publishes an event of it. Whoever says what the tables have to answer
 * (test/querying/oracle.ts) reads scripts, never events. Instants in epoch milliseconds.
 */

export type MediaType = "VOICE" | "MESSAGE" | "CALLBACK";

/** From when to when, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An agent whose telephone rang, and who did not answer. */
export interface Unanswered extends Span {
  readonly user: string;
}

/** An agent who took the interaction: it rings until `answeredAt`, is talked about until `to`, then written up. */
export interface Talk extends Span {
  readonly user: string;
  readonly answeredAt: number;
  readonly heldMilliseconds: number;
  readonly wrapupMilliseconds: number;
  /** A colleague who was asked while the customer was held. */
  readonly consult: Unanswered | undefined;
  /** Whether it went on to another queue afterwards. */
  readonly isTransferred: boolean;
}

/** Once through a queue: from the entry until somebody answered, the customer gave up or the flow took it out. */
export interface QueueEntry extends Span {
  readonly queue: string;
  readonly mediaType: MediaType;
  readonly outcome: "ANSWERED" | "ABANDON" | "FLOW_OUT";
  readonly unanswered: ReadonlyArray<Unanswered>;
  /** What followed an answer. */
  readonly talk: Talk | undefined;
}

/** From the first to the last event of one of the customer's sessions; a callback has one of its own. */
export interface CustomerSession extends Span {
  readonly mediaType: MediaType;
  readonly flow: Span | undefined;
  readonly entries: ReadonlyArray<QueueEntry>;
}

export interface Script {
  readonly id: string;
  /** The caller's number; nobody's. */
  readonly ani: string;
  readonly sessions: ReadonlyArray<CustomerSession>;
}
