import type { IO } from "fp-ts/lib/IO.js";

/** How long the invocation may still run, in milliseconds. */
export interface Deadline {
  readonly timeLeft: IO<number>;
}

/** With less time left than this nothing new is begun; what is left over is kept for later. */
export const enoughMilliseconds = 15_000;
