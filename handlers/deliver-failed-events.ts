import * as t from "io-ts";
import { dynamoDb, firehose, s3 } from "../src/adapters/aws-clients.ts";
import { dynamodbDeliveries } from "../src/adapters/dynamodb-deliveries.ts";
import { dynamodbPriorityMaps } from "../src/adapters/dynamodb-priority-maps.ts";
import { failedEventsStore } from "../src/adapters/failed-events-store.ts";
import { firehoseDeliveryStream } from "../src/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../src/adapters/paced-stream.ts";
import { powertoolsTelemetry } from "../src/adapters/powertools-telemetry.ts";
import { secretRedaction } from "../src/adapters/secret-redaction.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { userCache } from "../src/adapters/user-cache.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { DeliverFailedEventsEnvironment, RuntimeEnvironment, redactedFields } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { DeliverFailedEventsInput, deliverFailedEvents } from "../src/steps/deliver-failed-events.ts";

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
