import * as t from "io-ts";
import { dynamoDb, firehose, s3 } from "../src/aws/adapters/aws-clients.ts";
import { containerSinkHealth } from "../src/breakers/adapters/container-sink-health.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { dynamodbDeliveries } from "../src/delivery/adapters/dynamodb-deliveries.ts";
import { firehoseDeliveryStream } from "../src/delivery/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../src/delivery/adapters/paced-stream.ts";
import { sqsBuffer } from "../src/delivery/adapters/sqs-buffer.ts";
import { processBatch } from "../src/delivery/process-batch.ts";
import { guardedUsers } from "../src/enrichment/adapters/guarded-users.ts";
import { userCache } from "../src/enrichment/adapters/user-cache.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { stepFunctionsRetries } from "../src/failed/adapters/step-functions-retries.ts";
import { keepUnseen } from "../src/failed/keep-failed-events.ts";
import { connectGenesys } from "../src/genesys/adapters/connect-genesys.ts";
import { genesysUsers } from "../src/genesys/adapters/genesys-users.ts";
import { dynamodbPriorityMaps } from "../src/priorities/adapters/dynamodb-priority-maps.ts";
import { secretRedaction } from "../src/redaction/adapters/secret-redaction.ts";
import { onRedacted, pauseUnredacted } from "../src/redaction/redact-messages.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ProcessBatchEnvironment, RuntimeEnvironment, redactedFields } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { sqsBatch } from "../src/runtime/sqs-batch.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

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
