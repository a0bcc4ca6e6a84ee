import type { IO } from "fp-ts/lib/IO.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";
import type { Instant } from "../time/instant.ts";
import type { Breaker, BreakerName, RetryTally } from "./breaker.ts";

export type BreakersUnavailable = Unavailable<"BreakersUnavailable">;

type Shared<A> = TaskEither<BreakersUnavailable, A>;

/** What all containers know of each other. */
export interface Breakers {
  /** Undefined: it is closed. */
  readonly readBreaker: (name: BreakerName) => Shared<Breaker | undefined>;
  /** False: somebody else has opened it before. */
  readonly openBreaker: (breaker: Breaker) => Shared<boolean>;
  /** Closes this very breaker. False: it was closed before, and one that was opened since stays open. */
  readonly closeBreaker: (breaker: Breaker) => Shared<boolean>;
  /** Takes the right to try at `now`, and moves the next one to `nextProbeAt`. False: somebody else has it. */
  readonly takeProbe: (breaker: Breaker, now: Instant, nextProbeAt: Instant) => Shared<boolean>;
}

export interface RetryTallies {
  /** Counts one finished retry of a failed chunk. */
  readonly tallyRetry: (result: "delivered" | "postponed") => Shared<unknown>;
  readonly readTally: Shared<RetryTally>;
  /** Starts a new minute under another ceiling, in which so many retries are started. */
  readonly beginMinute: (ceiling: number, started: number) => Shared<unknown>;
}

/** Undefined: not yet. */
export interface Arrival {
  /** When the last event arrived. */
  readonly last: Instant | undefined;
  /** Since when somebody could have seen one arrive. */
  readonly watchedSince: Instant | undefined;
}

/** What is known of events that arrive, as far as anybody has noted it. */
export interface Arrivals {
  readonly noteArrival: (now: Instant) => Shared<unknown>;
  /** From now on silence counts: before, nobody could see what arrives. */
  readonly watchFrom: (now: Instant) => Shared<unknown>;
  readonly readArrival: Shared<Arrival>;
}

/** What one container has seen of the sinks lately. */
export interface SinkHealth {
  /** Notes that nothing gets through at `now`; answers since when that has been so. */
  readonly failingSince: (now: Instant) => Instant;
  readonly recovered: IO<void>;
}
