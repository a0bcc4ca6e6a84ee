import * as t from "io-ts";
import { dynamoDb, firehose, s3 } from "../src/adapters/aws-clients.ts";
import { containerSinkHealth } from "../src/adapters/container-sink-health.ts";
import { dynamodbBreakers } from "../src/adapters/dynamodb-breakers.ts";
import { dynamodbDeliveries } from "../src/adapters/dynamodb-deliveries.ts";
import { dynamodbPriorityMaps } from "../src/adapters/dynamodb-priority-maps.ts";
import { failedEventsStore } from "../src/adapters/failed-events-store.ts";
import { firehoseDeliveryStream } from "../src/adapters/firehose-delivery-stream.ts";
import { connectGenesys } from "../src/adapters/genesys/connect-genesys.ts";
import { genesysUsers } from "../src/adapters/genesys/genesys-users.ts";
import { guardedUsers } from "../src/adapters/guarded-users.ts";
import { pacedStream } from "../src/adapters/paced-stream.ts";
import { powertoolsTelemetry } from "../src/adapters/powertools-telemetry.ts";
import { secretRedaction } from "../src/adapters/secret-redaction.ts";
import { sqsBuffer } from "../src/adapters/sqs-buffer.ts";
import { stepFunctionsRetries } from "../src/adapters/step-functions-retries.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { userCache } from "../src/adapters/user-cache.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ProcessBatchEnvironment, RuntimeEnvironment, redactedFields } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { sqsBatch } from "../src/runtime/sqs-batch.ts";
import { keepUnseen } from "../src/steps/keep-failed-events.ts";
import { processBatch } from "../src/steps/process-batch.ts";
import { onRedacted, pauseUnredacted } from "../src/steps/redact-messages.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, ProcessBatchEnvironment]), variables);
  const clients = { dynamoDb: dynamoDb(environment), s3: s3(environment) };
  const place = { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  const policy = {
    mode: environment.ENRICHMENT_MODE,
    maxDelaySeconds: environment.ENRICHMENT_MAX_DELAY_SECONDS,
  };
  const breakers = dynamodbBreakers(clients.dynamoDb, environment.FAILED_EVENTS_TABLE);
  const stream = firehoseDeliveryStream(firehose(environment), environment.DELIVERY_STREAM);
  const users = genesysUsers(connectGenesys(environment, systemClock));
  return sqsBatch(
    onRedacted(processBatch(policy), pauseUnredacted),
    onRedacted(keepUnseen),
  )({
    ...systemClock,
    ...breakers,
    ...secretRedaction(environment, redactedFields(environment), environment.REDACT_SALT_ARN),
    ...containerSinkHealth(),
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
    ...sqsBuffer(environment, environment.BUFFER_URL),
    ...dynamodbDeliveries(clients.dynamoDb, environment.DELIVERIES_TABLE, systemClock),
    ...dynamodbPriorityMaps(clients.dynamoDb, environment.QUEUE_PRIORITIES_TABLE, systemClock),
    ...userCache(clients.dynamoDb, environment.USERS_TABLE, systemClock),
    ...guardedUsers(users, breakers, systemClock),
    ...pacedStream(stream, environment.DELIVERY_BYTES_PER_SECOND, systemClock),
    ...failedEventsStore(clients, place, systemClock),
    ...stepFunctionsRetries(environment, environment.RETRY_MACHINE_ARN),
  });
};

export const handler = lambdaHandler(create);
