import * as t from "io-ts";
import { impatientDynamoDb, impatientS3 } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { s3ErrorObjects } from "../src/retry/adapters/s3-error-objects.ts";
import { PlanRedriveInput, planRedrive } from "../src/retry/plan-redrive.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { PlanRedriveEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, PlanRedriveEnvironment]), variables);
  const clients = { dynamoDb: impatientDynamoDb(environment), s3: impatientS3(environment) };
  const place = { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  return stateTask(
    PlanRedriveInput,
    planRedrive,
  )({
    ...systemClock,
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
    ...failedEventsStore(clients, place, systemClock),
    ...s3ErrorObjects(clients.s3, environment.BUCKET),
    ...dynamodbBreakers(clients.dynamoDb, environment.FAILED_EVENTS_TABLE),
  });
};

export const handler = lambdaHandler(create);
