import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type AwsEnvironment, settingsOf } from "../../aws/adapters/aws-clients.ts";
import { describeError } from "../../aws/adapters/aws-error.ts";
import type { StartRetries } from "../ports.ts";

/** Starts the machine retry-failed-events. */
export const stepFunctionsRetries = (environment: AwsEnvironment, machineArn: string): StartRetries => {
  const client = new SFNClient(settingsOf(environment));
  return {
    startRetry: ({ chunkId, attempt }) =>
      pipe(
        TE.tryCatch(
          () =>
            client.send(
              new StartExecutionCommand({ stateMachineArn: machineArn, input: JSON.stringify({ chunkId, attempt }) }),
            ),
          describeError,
        ),
        T.map(E.isRight),
      ),
  };
};
