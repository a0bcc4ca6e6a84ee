import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { FailedEvent } from "../domain/failed-event.ts";
import type { FailureClass } from "../domain/failure.ts";

export interface FailedEventsUnavailable {
  readonly _tag: "FailedEventsUnavailable";
  readonly failure: "s3Unavailable" | "dynamodbUnavailable";
  readonly reason: string;
}

export interface FailedEvents {
  /** Makes events durable as one parked chunk (object first, then its index item) before they are acknowledged. */
  readonly park: (
    reason: FailureClass,
    events: ReadonlyArray<FailedEvent>,
  ) => TaskEither<FailedEventsUnavailable, string>;
}
