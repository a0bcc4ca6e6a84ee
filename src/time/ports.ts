import type { IO } from "fp-ts/lib/IO.js";
import type { Task } from "fp-ts/lib/Task.js";
import type { Instant } from "./instant.ts";

export interface Clock {
  readonly now: IO<Instant>;
  readonly sleep: (milliseconds: number) => Task<void>;
}

export interface Random {
  /** A number in [0, 1). */
  readonly random: IO<number>;
}

/** How long the invocation may still run, in milliseconds. */
export interface Deadline {
  readonly timeLeft: IO<number>;
}

/** With less time left than this nothing new is begun; what is left over is kept for later. */
export const enoughMilliseconds = 15_000;
