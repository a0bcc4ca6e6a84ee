import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Breakers } from "../../breakers/ports.ts";
import type { GenesysClient } from "../../genesys/adapters/genesys-client.ts";
import { genesysUsers } from "../../genesys/adapters/genesys-users.ts";
import type { Clock, Random } from "../../time/ports.ts";
import type { NameCaches, NameSources } from "../enrich.ts";
import { users } from "../users.ts";
import { entityCache } from "./entity-cache.ts";
import { guardedSource } from "./guarded-source.ts";

interface NamesEnvironment {
  readonly USERS_TABLE: string;
}

/** What is known of names already. */
export const nameCaches = (
  { USERS_TABLE }: NamesEnvironment,
  dynamoDb: DynamoDBClient,
  clock: Clock & Random,
): NameCaches => ({ users: entityCache(users, { dynamoDb, table: USERS_TABLE }, clock) });

/** The caches, and Genesys behind its breaker for what they do not know. */
export const nameSources = (
  environment: NamesEnvironment,
  dynamoDb: DynamoDBClient,
  genesys: GenesysClient,
  capabilities: Breakers & Clock & Random,
): NameSources => {
  const caches = nameCaches(environment, dynamoDb, capabilities);
  return { users: { ...caches.users, ...guardedSource(genesysUsers(genesys), capabilities) } };
};
