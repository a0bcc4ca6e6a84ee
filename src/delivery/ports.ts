import type { Task } from "fp-ts/lib/Task.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { EventKey } from "../event/event-key.ts";
import type { GenesysEvent } from "../event/genesys-event.ts";
import type { Unavailable } from "../event/unavailable.ts";
import type { Limits } from "../text/chunks-within.ts";

export type DeliveriesUnavailable = Unavailable<"DeliveriesUnavailable">;

/** Which copy of each event was handed to Firehose. */
export interface Deliveries {
  /** The messageId of the delivered copy, by event key; events that were never delivered are absent. */
  readonly findDeliveries: (
    events: ReadonlyArray<GenesysEvent>,
  ) => TaskEither<DeliveriesUnavailable, ReadonlyMap<EventKey, string>>;
  /** Answers the events whose delivery could not be recorded; they are delivered all the same. */
  readonly recordDeliveries: (events: ReadonlyArray<GenesysEvent>) => Task<ReadonlyArray<GenesysEvent>>;
}

/** `Throttled` and `Unavailable` may pass by themselves; `Refused` is a mistake in the set-up (missing stream, denied). */
export interface StreamFailure {
  readonly _tag: "StreamThrottled" | "StreamUnavailable" | "StreamRefused";
  readonly reason: string;
}

/** Most that one PutRecordBatch takes; bytes are counted before base64. */
export const streamLimits: Limits = { count: 500, bytes: 4 * 1024 * 1024 };

export interface DeliveryStream {
  /** Most that one call takes here; at most `streamLimits`. A record that is over by itself goes alone. */
  readonly limits: Limits;
  /** How long a call would wait for its turn with so many bytes before it, in milliseconds. */
  readonly turnIn: (bytesBefore: number) => number;
  /**
   * Offers one batch within `limits`. Right: for each record, in order, `undefined` when the stream took it,
   * else why not. Left: nothing is known of the batch, so all of it has to be offered again.
   */
  readonly putRecords: (
    records: ReadonlyArray<string>,
  ) => TaskEither<StreamFailure, ReadonlyArray<StreamFailure | undefined>>;
}
