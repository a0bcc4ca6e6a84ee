import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";

export type ErrorObjectsUnavailable = Unavailable<"ErrorObjectsUnavailable">;

export interface ErrorObjects {
  /** Whether Firehose has put records aside that it gave up on, and that nobody has brought back. */
  readonly hasErrorObjects: TaskEither<ErrorObjectsUnavailable, boolean>;
}
