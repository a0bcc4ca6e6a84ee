import type { IO } from "fp-ts/lib/IO.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Limits } from "../text/chunks-within.ts";

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
  /** How long the next call would wait for its turn, in milliseconds. */
  readonly turnIn: IO<number>;
  /**
   * Offers one batch within `limits`. Right: for each record, in order, `undefined` when the stream took it,
   * else why not. Left: nothing is known of the batch, so all of it has to be offered again.
   */
  readonly putRecords: (
    records: ReadonlyArray<string>,
  ) => TaskEither<StreamFailure, ReadonlyArray<StreamFailure | undefined>>;
}
