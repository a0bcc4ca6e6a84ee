import type { Task } from "fp-ts/lib/Task.js";
import type { ChunkRef } from "./failed-chunk.ts";

export interface StartRetries {
  /** Starts retry-failed-events for a chunk. False: it could not be started, and its lease will bring it back. */
  readonly startRetry: (ref: ChunkRef) => Task<boolean>;
}
