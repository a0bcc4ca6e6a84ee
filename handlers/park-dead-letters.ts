import { awsClients } from "../src/aws/adapters/aws-clients.ts";
import { parkRedacted } from "../src/dead-letters/park-dead-letters.ts";
import { dynamodbDeliveries } from "../src/delivery/adapters/dynamodb-deliveries.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { secretRedaction } from "../src/redaction/adapters/secret-redaction.ts";
import { deadLetterBatch } from "../src/runtime/dead-letter-batch.ts";
import { ParkDeadLettersEnvironment } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(ParkDeadLettersEnvironment, (environment) => {
  const clients = awsClients(environment);
  const place = { ...clients, bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  return deadLetterBatch(parkRedacted)({
    ...secretRedaction(environment),
    ...powertoolsTelemetry(environment),
    ...dynamodbDeliveries({ dynamoDb: clients.dynamoDb, table: environment.DELIVERIES_TABLE }, systemClock),
    ...failedEventsStore(place, systemClock),
  });
});
