import type { TaskEither } from "fp-ts/lib/TaskEither.js";

export interface ErrorObjectsUnavailable {
  readonly _tag: "ErrorObjectsUnavailable";
  readonly reason: string;
}

export interface ErrorObjects {
  /** Whether Firehose has put records aside that it gave up on, and that nobody has brought back. */
  readonly hasErrorObjects: TaskEither<ErrorObjectsUnavailable, boolean>;
}
