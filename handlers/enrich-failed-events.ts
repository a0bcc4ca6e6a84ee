import * as t from "io-ts";
import { dynamoDb, s3 } from "../src/adapters/aws-clients.ts";
import { dynamodbBreakers } from "../src/adapters/dynamodb-breakers.ts";
import { failedEventsStore } from "../src/adapters/failed-events-store.ts";
import { connectGenesys } from "../src/adapters/genesys/connect-genesys.ts";
import { genesysUsers } from "../src/adapters/genesys/genesys-users.ts";
import { guardedUsers } from "../src/adapters/guarded-users.ts";
import { powertoolsTelemetry } from "../src/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { userCache } from "../src/adapters/user-cache.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { EnrichFailedEventsEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { EnrichFailedEventsInput, enrichFailedEvents } from "../src/steps/enrich-failed-events.ts";

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
