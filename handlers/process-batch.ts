import { awsClients, firehose } from "../src/aws/adapters/aws-clients.ts";
import { containerSinkHealth } from "../src/breakers/adapters/container-sink-health.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { rarelyNoted } from "../src/breakers/adapters/rarely-noted.ts";
import { dynamodbDeliveries } from "../src/delivery/adapters/dynamodb-deliveries.ts";
import { firehoseDeliveryStream } from "../src/delivery/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../src/delivery/adapters/paced-stream.ts";
import { sqsBuffer } from "../src/delivery/adapters/sqs-buffer.ts";
import { processBatch } from "../src/delivery/process-batch.ts";
import { nameSources } from "../src/enrichment/adapters/name-sources.ts";
import { noneMalformedYet } from "../src/event/report-outcomes.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { stepFunctionsRetries } from "../src/failed/adapters/step-functions-retries.ts";
import { keepUnseen } from "../src/failed/keep-failed-events.ts";
import { connectGenesys } from "../src/genesys/adapters/connect-genesys.ts";
import { dynamodbPriorityMaps } from "../src/priorities/adapters/dynamodb-priority-maps.ts";
import { secretRedaction } from "../src/redaction/adapters/secret-redaction.ts";
import { onRedacted, pauseUnredacted } from "../src/redaction/redact-messages.ts";
import { enrichPolicyOf, ProcessBatchEnvironment } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { sqsBatch } from "../src/runtime/sqs-batch.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(ProcessBatchEnvironment, (environment) => {
  const clients = awsClients(environment);
  const { dynamoDb } = clients;
  const place = { ...clients, bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  const breakers = dynamodbBreakers(place);
  const stream = firehoseDeliveryStream(firehose(environment), environment.DELIVERY_STREAM);
  return sqsBatch(
    onRedacted(processBatch(enrichPolicyOf(environment)), pauseUnredacted),
    onRedacted(keepUnseen),
  )({
    ...systemClock,
    ...breakers,
    ...rarelyNoted(breakers),
    ...secretRedaction(environment),
    ...containerSinkHealth(),
    ...noneMalformedYet(),
    ...powertoolsTelemetry(environment),
    ...sqsBuffer(environment, environment.BUFFER_URL),
    ...dynamodbDeliveries({ dynamoDb, table: environment.DELIVERIES_TABLE }, systemClock),
    ...dynamodbPriorityMaps({ dynamoDb, table: environment.QUEUE_PRIORITIES_TABLE }, systemClock),
    ...nameSources(environment, dynamoDb, connectGenesys(environment, systemClock), { ...systemClock, ...breakers }),
    ...pacedStream(stream, environment.DELIVERY_BYTES_PER_SECOND, systemClock),
    ...failedEventsStore(place, systemClock),
    ...stepFunctionsRetries(environment, environment.RETRY_MACHINE_ARN),
  });
});
