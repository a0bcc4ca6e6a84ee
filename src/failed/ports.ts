import type { Task } from "fp-ts/lib/Task.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { FailureClass, TransientFailure } from "../event/failure.ts";
import type { Unavailable } from "../event/unavailable.ts";
import type { Instant } from "../time/instant.ts";
import type { ChunkRef, FailedChunk } from "./failed-chunk.ts";
import type { FailedEvent } from "./failed-event.ts";

export interface FailedEventsUnavailable extends Unavailable<"FailedEventsUnavailable"> {
  readonly failure: "s3Unavailable" | "dynamodbUnavailable";
  /** An object that is gone or is not what we wrote, so that no retry can read it. */
  readonly unreadableObject?: string;
}

type Stored<A> = TaskEither<FailedEventsUnavailable, A>;

export interface LoadedChunk {
  readonly chunk: FailedChunk;
  readonly events: ReadonlyArray<FailedEvent>;
}

export interface ChunkRemainder {
  readonly events: ReadonlyArray<FailedEvent>;
  readonly failure: TransientFailure;
  readonly dueAt: Instant;
  /** Ends the retries of all that is left. */
  readonly isParked: boolean;
}

/** Failed chunks: their events in objects, their index items in a table. Steps pick what they need. */
export interface FailedEventsStore {
  /**
   * Makes events durable as one parked chunk: object first, then its index item. Answers the chunk's id, which is never
   * `retried`: the chunk that the events are taken out of, and that is removed when its attempt ends.
   */
  readonly parkEvents: (failure: FailureClass, events: ReadonlyArray<FailedEvent>, retried?: string) => Stored<string>;
  /** Makes events durable as one chunk that is due at `dueAt`: object first, then its index item. */
  readonly keepForRetry: (
    failure: TransientFailure,
    events: ReadonlyArray<FailedEvent>,
    dueAt: Instant,
    /** `chunkId`: instead of one of its own, so that doing it again makes no second chunk. */
    more?: { readonly isCanary?: boolean; readonly chunkId?: string },
  ) => Stored<ChunkRef>;
  /** Moves a chunk to its next attempt until `leaseEnd`; undefined when somebody else has, or it is settled. */
  readonly claimChunk: (ref: ChunkRef, leaseEnd: Instant) => Stored<ChunkRef | undefined>;
  /** A chunk with its events; undefined when it is settled. */
  readonly loadChunk: (chunkId: string) => Stored<LoadedChunk | undefined>;
  /**
   * Takes a chunk out of the retries as it is; false when it is not being retried any more. With `object`, false also
   * when its events lie in another object by now.
   */
  readonly parkChunk: (chunkId: string, object?: string) => Stored<boolean>;
  /**
   * Leaves only these events in a parked chunk, or removes it with the last; false when somebody else has changed it.
   * Like `unparkChunk` it is an attempt of its own, so that an execution that still has an earlier one changes nothing.
   */
  readonly shrinkChunk: (chunk: FailedChunk, events: ReadonlyArray<FailedEvent>) => Stored<boolean>;
  /** Brings a parked chunk back, to be retried from `dueAt` on; false when it is not parked any more. */
  readonly unparkChunk: (chunkId: string, dueAt: Instant) => Stored<boolean>;
  /**
   * Leaves a remainder of a chunk: as a new object first, then the index item points to it. False when the chunk's
   * attempt is no longer ours. A chunk that somebody has parked meanwhile stays parked, with what is left of it.
   */
  readonly replaceChunk: (chunk: FailedChunk, remainder: ChunkRemainder) => Stored<boolean>;
  /** Removes a chunk that is done, index item first, then its object. False when its attempt is no longer ours. */
  readonly deleteChunk: (chunk: FailedChunk) => Stored<boolean>;
  /** The index item of a chunk; undefined when it is settled. */
  readonly findChunk: (chunkId: string) => Stored<FailedChunk | undefined>;
  /** The chunks that are due by `now`, oldest first, at most `most`. */
  readonly findDueChunks: (now: Instant, most: number) => Stored<ReadonlyArray<ChunkRef>>;
}

export type ParkEvents = Pick<FailedEventsStore, "parkEvents">;
export type KeepFailedEvents = Pick<FailedEventsStore, "keepForRetry">;

export interface StartRetries {
  /** Starts retry-failed-events for a chunk. False: it could not be started, and its lease will bring it back. */
  readonly startRetry: (ref: ChunkRef) => Task<boolean>;
}
