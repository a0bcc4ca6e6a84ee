import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";
import type { Instant } from "../time/instant.ts";

export type ErrorObjectsUnavailable = Unavailable<"ErrorObjectsUnavailable">;

export interface ErrorObjects {
  /** Whether Firehose has put records aside that it gave up on, and that nobody has brought back. */
  readonly hasErrorObjects: TaskEither<ErrorObjectsUnavailable, boolean>;
}

export type DeliveryTurnUnavailable = Unavailable<"DeliveryTurnUnavailable">;

/**
 * The right to deliver beside the batch processor. One at a time has it, with the whole share of the stream's quota that
 * is kept for bringing events back: retries and imports together never take more, however many run at once.
 */
export interface DeliveryTurn {
  /** Takes the turn until `end`, when it is over by itself. False: somebody else has it. */
  readonly takeTurn: (owner: string, now: Instant, end: Instant) => TaskEither<DeliveryTurnUnavailable, boolean>;
  /** Moves the end of one's own turn. False: it is over, and may be somebody else's by now. */
  readonly moveTurnEnd: (owner: string, end: Instant) => TaskEither<DeliveryTurnUnavailable, boolean>;
}
