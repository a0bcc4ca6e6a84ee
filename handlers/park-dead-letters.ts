import * as t from "io-ts";
import { dynamoDb, s3 } from "../src/aws/adapters/aws-clients.ts";
import { parkRedacted } from "../src/dead-letters/park-dead-letters.ts";
import { dynamodbDeliveries } from "../src/delivery/adapters/dynamodb-deliveries.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { secretRedaction } from "../src/redaction/adapters/secret-redaction.ts";
import { deadLetterBatch } from "../src/runtime/dead-letter-batch.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ParkDeadLettersEnvironment, RuntimeEnvironment, redactedFields } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

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
