import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";
import type { LogItem } from "./admission-log.ts";

export type AdmissionLogUnavailable = Unavailable<"AdmissionLogUnavailable">;

/** The append-only log of decisions, a sequence of numbered items for each minute of event time. */
export interface AdmissionLog {
  /** The items of a minute after number `after`, in order; strongly consistent. */
  readonly readLog: (minute: string, after: number) => TaskEither<AdmissionLogUnavailable, ReadonlyArray<LogItem>>;
  /** Appends an item. False: there already is one of this number, so somebody else was faster. */
  readonly appendToLog: (minute: string, item: LogItem) => TaskEither<AdmissionLogUnavailable, boolean>;
}
