import * as t from "io-ts";
import { dynamoDb, s3 } from "../src/adapters/aws-clients.ts";
import { dynamodbDeliveries } from "../src/adapters/dynamodb-deliveries.ts";
import { failedEventsStore } from "../src/adapters/failed-events-store.ts";
import { powertoolsTelemetry } from "../src/adapters/powertools-telemetry.ts";
import { secretRedaction } from "../src/adapters/secret-redaction.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { deadLetterBatch } from "../src/runtime/dead-letter-batch.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ParkDeadLettersEnvironment, RuntimeEnvironment, redactedFields } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { parkRedacted } from "../src/steps/park-dead-letters.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, ParkDeadLettersEnvironment]), variables);
  const clients = { dynamoDb: dynamoDb(environment), s3: s3(environment) };
  return deadLetterBatch(parkRedacted)({
    ...systemClock,
    ...secretRedaction(environment, redactedFields(environment), environment.REDACT_SALT_ARN),
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
    ...dynamodbDeliveries(clients.dynamoDb, environment.DELIVERIES_TABLE, systemClock),
    ...failedEventsStore(clients, { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE }, systemClock),
  });
};

export const handler = lambdaHandler(create);
