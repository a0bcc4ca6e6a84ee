import { awsClients } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { nameSources } from "../src/enrichment/adapters/name-sources.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { connectGenesys } from "../src/genesys/adapters/connect-genesys.ts";
import { EnrichFailedEventsInput, enrichFailedEvents } from "../src/retry/enrich-failed-events.ts";
import { EnrichFailedEventsEnvironment } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(EnrichFailedEventsEnvironment, (environment) => {
  const clients = awsClients(environment);
  const place = { ...clients, bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  return stateTask(
    EnrichFailedEventsInput,
    enrichFailedEvents(environment.ENRICHMENT_MODE),
  )({
    ...systemClock,
    ...powertoolsTelemetry(environment),
    ...failedEventsStore(place, systemClock),
    ...nameSources(environment, clients.dynamoDb, connectGenesys(environment, systemClock), {
      ...systemClock,
      ...dynamodbBreakers(place),
    }),
  });
});
