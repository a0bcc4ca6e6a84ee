import { awsClients, firehose } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { dynamodbDeliveries } from "../src/delivery/adapters/dynamodb-deliveries.ts";
import { firehoseDeliveryStream } from "../src/delivery/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../src/delivery/adapters/paced-stream.ts";
import { nameCaches } from "../src/enrichment/adapters/name-sources.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { dynamodbPriorityMaps } from "../src/priorities/adapters/dynamodb-priority-maps.ts";
import { secretRedaction } from "../src/redaction/adapters/secret-redaction.ts";
import { dynamodbDeliveryTurn } from "../src/retry/adapters/dynamodb-delivery-turn.ts";
import { DeliverFailedEventsInput, deliverFailedEvents } from "../src/retry/deliver-failed-events.ts";
import { DeliverFailedEventsEnvironment, enrichPolicyOf } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(DeliverFailedEventsEnvironment, (environment) => {
  const clients = awsClients(environment);
  const { dynamoDb } = clients;
  const place = { ...clients, bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  const stream = firehoseDeliveryStream(firehose(environment), environment.DELIVERY_STREAM);
  const policy = { enrich: enrichPolicyOf(environment), maximumEventAgeDays: environment.MAXIMUM_EVENT_AGE_DAYS };
  return stateTask(
    DeliverFailedEventsInput,
    deliverFailedEvents(policy),
  )({
    ...systemClock,
    ...secretRedaction(environment),
    ...powertoolsTelemetry(environment),
    ...dynamodbDeliveries({ dynamoDb, table: environment.DELIVERIES_TABLE }, systemClock),
    ...dynamodbPriorityMaps({ dynamoDb, table: environment.QUEUE_PRIORITIES_TABLE }, systemClock),
    ...nameCaches(environment, dynamoDb, systemClock),
    ...pacedStream(stream, environment.DELIVERY_BYTES_PER_SECOND, systemClock),
    ...dynamodbBreakers(place),
    ...failedEventsStore(place, systemClock),
    ...dynamodbDeliveryTurn(place),
  });
});
