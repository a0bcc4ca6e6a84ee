import * as t from "io-ts";
import { dynamoDb, s3 } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { SettleFailedChunkInput, settleFailedChunk } from "../src/retry/settle-failed-chunk.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { RuntimeEnvironment, SettleFailedChunkEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, SettleFailedChunkEnvironment]), variables);
  const clients = { dynamoDb: dynamoDb(environment), s3: s3(environment) };
  const place = { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  return stateTask(
    SettleFailedChunkInput,
    settleFailedChunk,
  )({
    ...systemClock,
    ...failedEventsStore(clients, place, systemClock),
    ...dynamodbBreakers(clients.dynamoDb, environment.FAILED_EVENTS_TABLE),
  });
};

export const handler = lambdaHandler(create);
