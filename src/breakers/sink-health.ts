import type { IO } from "fp-ts/lib/IO.js";
import type { Instant } from "../time/instant.ts";

/** What one container has seen of the sinks lately. */
export interface SinkHealth {
  /** Notes that nothing gets through at `now`; answers since when that has been so. */
  readonly failingSince: (now: Instant) => Instant;
  readonly recovered: IO<void>;
}
