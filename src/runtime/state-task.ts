import * as E from "fp-ts/lib/Either.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import type * as t from "io-ts";
import type { Deadline } from "../time/ports.ts";
import { decodeOrThrow } from "./decode-or-throw.ts";
import type { LambdaHandler } from "./lambda.ts";
import { TaskError } from "./task-error.ts";

interface Tagged {
  readonly _tag: string;
}

const causeOf = (error: Tagged): string => {
  const { _tag, ...rest } = error;
  return JSON.stringify(rest);
};

/** Runs a step as a Task of a state machine: decoded input in, output out, a failure thrown under its tag's name. */
export const stateTask =
  <R, Failure extends Tagged, Input, Output>(
    input: t.Type<Input, unknown, unknown>,
    step: (input: Input) => ReaderTaskEither<R & Deadline, Failure, Output>,
  ) =>
  (capabilities: R): LambdaHandler =>
  async (event, { getRemainingTimeInMillis }) => {
    const result = await step(decodeOrThrow(input, event))({ ...capabilities, timeLeft: getRemainingTimeInMillis })();
    if (E.isRight(result)) return result.right;
    throw new TaskError(result.left._tag, causeOf(result.left));
  };
