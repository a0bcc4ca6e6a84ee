import * as t from "io-ts";
import { dynamoDb, firehose, s3 } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbDeliveries } from "../src/delivery/adapters/dynamodb-deliveries.ts";
import { firehoseDeliveryStream } from "../src/delivery/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../src/delivery/adapters/paced-stream.ts";
import { userCache } from "../src/enrichment/adapters/user-cache.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { dynamodbPriorityMaps } from "../src/priorities/adapters/dynamodb-priority-maps.ts";
import { secretRedaction } from "../src/redaction/adapters/secret-redaction.ts";
import { DeliverFailedEventsInput, deliverFailedEvents } from "../src/retry/deliver-failed-events.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { DeliverFailedEventsEnvironment, RuntimeEnvironment, redactedFields } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, DeliverFailedEventsEnvironment]), variables);
  const clients = { dynamoDb: dynamoDb(environment), s3: s3(environment) };
  const policy = {
    enrich: { mode: environment.ENRICHMENT_MODE, maxDelaySeconds: environment.ENRICHMENT_MAX_DELAY_SECONDS },
    maximumEventAgeDays: environment.MAXIMUM_EVENT_AGE_DAYS,
  };
  const stream = firehoseDeliveryStream(firehose(environment), environment.DELIVERY_STREAM);
  return stateTask(
    DeliverFailedEventsInput,
    deliverFailedEvents(policy),
  )({
    ...systemClock,
    ...secretRedaction(environment, redactedFields(environment), environment.REDACT_SALT_ARN),
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
    ...dynamodbDeliveries(clients.dynamoDb, environment.DELIVERIES_TABLE, systemClock),
    ...dynamodbPriorityMaps(clients.dynamoDb, environment.QUEUE_PRIORITIES_TABLE, systemClock),
    ...userCache(clients.dynamoDb, environment.USERS_TABLE, systemClock),
    ...pacedStream(stream, environment.DELIVERY_BYTES_PER_SECOND, systemClock),
    ...failedEventsStore(clients, { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE }, systemClock),
  });
};

export const handler = lambdaHandler(create);
