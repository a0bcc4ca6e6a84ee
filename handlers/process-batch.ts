import * as t from "io-ts";
import { dynamoDb, firehose, s3 } from "../src/adapters/aws-clients.ts";
import { dynamodbDeliveries } from "../src/adapters/dynamodb-deliveries.ts";
import { failedEventsStore } from "../src/adapters/failed-events-store.ts";
import { firehoseDeliveryStream } from "../src/adapters/firehose-delivery-stream.ts";
import { powertoolsTelemetry } from "../src/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ProcessBatchEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { sqsBatch } from "../src/runtime/sqs-batch.ts";
import { processBatch } from "../src/steps/process-batch.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, ProcessBatchEnvironment]), variables);
  const clients = { dynamoDb: dynamoDb(environment), s3: s3(environment) };
  return sqsBatch(processBatch)({
    ...systemClock,
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
    ...dynamodbDeliveries(clients.dynamoDb, environment.DELIVERIES_TABLE, systemClock),
    ...firehoseDeliveryStream(firehose(environment), environment.DELIVERY_STREAM),
    ...failedEventsStore(clients, { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE }, systemClock),
  });
};

export const handler = lambdaHandler(create);
