import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";
import type { Instant } from "../time/instant.ts";

export type DaysUnavailable = Unavailable<"DaysUnavailable">;

/** What is known of a date in S3. */
export interface StoredDay {
  /** All of its lines' objects in one text, which another object, or another size of one, changes; empty: it has none. */
  readonly objects: string;
  /** The same of the Parquet that the views read; undefined: they read the lines. */
  readonly compacted: string | undefined;
}

export interface CompactedDay {
  readonly dt: string;
  readonly publishedAt: Instant;
}

export interface StoredDays {
  /** All dates that have lines, in any order. */
  readonly listDays: TaskEither<DaysUnavailable, ReadonlyArray<string>>;
  /** Each version of Parquet that was published, in any order. */
  readonly listCompacted: TaskEither<DaysUnavailable, ReadonlyArray<CompactedDay>>;
  /** @param dt a date, `2026-01-05` */
  readonly readDay: (dt: string) => TaskEither<DaysUnavailable, StoredDay>;
}
