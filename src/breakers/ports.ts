import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Instant } from "../time/instant.ts";
import type { Breaker, BreakerName, RetryTally } from "./breaker.ts";

export interface BreakersUnavailable {
  readonly _tag: "BreakersUnavailable";
  readonly reason: string;
}

type Shared<A> = TaskEither<BreakersUnavailable, A>;

/** What all containers know of each other. */
export interface Breakers {
  /** Undefined: it is closed. */
  readonly readBreaker: (name: BreakerName) => Shared<Breaker | undefined>;
  /** False: somebody else has opened it before. */
  readonly openBreaker: (breaker: Breaker) => Shared<boolean>;
  /** Closes this very breaker; one that was opened since stays open. */
  readonly closeBreaker: (breaker: Breaker) => Shared<void>;
  /** Takes the right to try at `now`, and moves the next one to `nextProbeAt`. False: somebody else has it. */
  readonly takeProbe: (breaker: Breaker, now: Instant, nextProbeAt: Instant) => Shared<boolean>;
}

export interface RetryTallies {
  /** Counts one finished retry of a failed chunk. */
  readonly tallyRetry: (result: "delivered" | "postponed") => Shared<void>;
  readonly readTally: Shared<RetryTally>;
  /** Starts a new minute under another ceiling, in which so many retries are started. */
  readonly beginMinute: (ceiling: number, started: number) => Shared<void>;
}
