import type { Task } from "fp-ts/lib/Task.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { EventKey } from "../event/event-key.ts";
import type { GenesysEvent } from "../event/genesys-event.ts";

export interface DeliveriesUnavailable {
  readonly _tag: "DeliveriesUnavailable";
  readonly reason: string;
}

/** Which copy of each event was handed to Firehose. */
export interface Deliveries {
  /** The messageId of the delivered copy, by event key; events that were never delivered are absent. */
  readonly findDeliveries: (
    events: ReadonlyArray<GenesysEvent>,
  ) => TaskEither<DeliveriesUnavailable, ReadonlyMap<EventKey, string>>;
  /** Answers the events whose delivery could not be recorded; they are delivered all the same. */
  readonly recordDeliveries: (events: ReadonlyArray<GenesysEvent>) => Task<ReadonlyArray<GenesysEvent>>;
}
