import { impatientAwsClients } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { s3ErrorObjects } from "../src/retry/adapters/s3-error-objects.ts";
import { PlanRedriveInput, planRedrive } from "../src/retry/plan-redrive.ts";
import { PlanRedriveEnvironment, watchHoursOf } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(PlanRedriveEnvironment, (environment) => {
  const clients = impatientAwsClients(environment);
  const place = { ...clients, bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  return stateTask(
    PlanRedriveInput,
    planRedrive(watchHoursOf(environment)),
  )({
    ...systemClock,
    ...powertoolsTelemetry(environment),
    ...failedEventsStore(place, systemClock),
    ...s3ErrorObjects(clients.s3, environment.BUCKET),
    ...dynamodbBreakers(place),
  });
});
