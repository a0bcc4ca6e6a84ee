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
