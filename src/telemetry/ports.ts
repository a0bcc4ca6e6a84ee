import type { IO } from "fp-ts/lib/IO.js";

export type Fields = Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>;

/** Logs and metrics. Never a payload, a name, an address or a number of a person: ids, counts and reasons only. */
export interface Telemetry {
  readonly info: (message: string, fields: Fields) => IO<void>;
  readonly warn: (message: string, fields: Fields) => IO<void>;
  /** Counts, published together as one metrics line. */
  readonly count: (counts: Readonly<Record<string, number>>) => IO<void>;
}
