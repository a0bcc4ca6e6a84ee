import * as t from "io-ts";
import { dynamoDb, s3 } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { guardedUsers } from "../src/enrichment/adapters/guarded-users.ts";
import { userCache } from "../src/enrichment/adapters/user-cache.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { connectGenesys } from "../src/genesys/adapters/connect-genesys.ts";
import { genesysUsers } from "../src/genesys/adapters/genesys-users.ts";
import { EnrichFailedEventsInput, enrichFailedEvents } from "../src/retry/enrich-failed-events.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { EnrichFailedEventsEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, EnrichFailedEventsEnvironment]), variables);
  const clients = { dynamoDb: dynamoDb(environment), s3: s3(environment) };
  const place = { bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  const users = genesysUsers(connectGenesys(environment, systemClock));
  return stateTask(
    EnrichFailedEventsInput,
    enrichFailedEvents(environment.ENRICHMENT_MODE),
  )({
    ...systemClock,
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
    ...failedEventsStore(clients, place, systemClock),
    ...userCache(clients.dynamoDb, environment.USERS_TABLE, systemClock),
    ...guardedUsers(users, dynamodbBreakers(clients.dynamoDb, environment.FAILED_EVENTS_TABLE), systemClock),
  });
};

export const handler = lambdaHandler(create);
