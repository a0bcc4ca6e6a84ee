import * as t from "io-ts";
import { dynamoDb, s3 } from "../src/aws/adapters/aws-clients.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { ChunkRefInput, claimFailedChunk } from "../src/retry/claim-failed-chunk.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ClaimFailedChunkEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, ClaimFailedChunkEnvironment]), variables);
  const clients = { dynamoDb: dynamoDb(environment), s3: s3(environment) };
  const place = { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  return stateTask(
    ChunkRefInput,
    claimFailedChunk,
  )({ ...systemClock, ...failedEventsStore(clients, place, systemClock) });
};

export const handler = lambdaHandler(create);
