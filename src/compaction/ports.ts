import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";
import type { Instant } from "../time/instant.ts";

export type DaysUnavailable = Unavailable<"DaysUnavailable">;

/** A version of a day's Parquet that was published. */
export interface CompactedDay {
  readonly dt: string;
  /** Of which lines it was made, as `readObjects` told. */
  readonly objects: string;
  /** When its writing began. */
  readonly namedAt: Instant;
  readonly publishedAt: Instant;
}

export interface StoredDays {
  /** All dates that have lines, in any order. */
  readonly listDays: TaskEither<DaysUnavailable, ReadonlyArray<string>>;
  /** Each version that the views can read, in any order. */
  readonly listCompacted: TaskEither<DaysUnavailable, ReadonlyArray<CompactedDay>>;
  /**
   * All objects of lines of a date in one text, which another object, or another size of one, changes; empty: there are none.
   *
   * @param dt a date, `2026-01-05`
   */
  readonly readObjects: (dt: string) => TaskEither<DaysUnavailable, string>;
}
