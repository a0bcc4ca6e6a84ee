import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe } from "vitest";
import { realClock } from "../local/clock.ts";
import { type Cloud, startCloud } from "../local/cloud.ts";
import { dynamodbAdmissionLog } from "../src/admission/adapters/dynamodb-admission-log.ts";
import { memoryAdmissionLog } from "../src/admission/adapters/memory-admission-log.ts";
import { dynamodbBreakers } from "../src/breakers/adapters/dynamodb-breakers.ts";
import { dynamodbDeliveries } from "../src/delivery/adapters/dynamodb-deliveries.ts";
import { entityCache } from "../src/enrichment/adapters/entity-cache.ts";
import { users } from "../src/enrichment/users.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import type { User } from "../src/genesys/user.ts";
import { dynamodbDeliveryTurn } from "../src/retry/adapters/dynamodb-delivery-turn.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";
import { receivedAt } from "./support/builders.ts";
import { admissionLogContract } from "./support/contracts/admission-log.ts";
import { breakersContract } from "./support/contracts/breakers.ts";
import { deliveriesContract } from "./support/contracts/deliveries.ts";
import { deliveryTurnContract } from "./support/contracts/delivery-turn.ts";
import { entityCacheContract } from "./support/contracts/entity-cache.ts";
import { failedEventsContract } from "./support/contracts/failed-events.ts";
import { devPlan, newFolder } from "./support/local-run.ts";
import { memoryBreakers } from "./support/memory/memory-breakers.ts";
import { memoryDeliveries } from "./support/memory/memory-deliveries.ts";
import { memoryDeliveryTurn } from "./support/memory/memory-delivery-turn.ts";
import { memoryEntityCache } from "./support/memory/memory-entity-cache.ts";
import { memoryFailedEvents } from "./support/memory/memory-failed-events.ts";

let cloud: Cloud;
let clients: { readonly dynamoDb: DynamoDBClient; readonly s3: S3Client };

beforeAll(async () => {
  cloud = await startCloud({ plan: await devPlan(), clock: realClock(), isVirtual: false, out: newFolder() });
  const settings = {
    endpoint: cloud.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: `test.${cloud.gateway.accessKey}`, secretAccessKey: "test" },
  };
  clients = { dynamoDb: new DynamoDBClient(settings), s3: new S3Client(settings) };
});
afterAll(() => {
  clients.dynamoDb.destroy();
  clients.s3.destroy();
  cloud.stop();
});

/** The tables of one cloud, emptied: a contract begins with nothing. */
const emptied = async (table: string, ...keys: ReadonlyArray<string>): Promise<string> => {
  for (const item of await cloud.tables.scan(table)) {
    await cloud.tables.call("DeleteItem", {
      TableName: table,
      Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
    });
  }
  return table;
};

const clock = { ...systemClock, now: () => receivedAt };

describe("the table deliveries", () => {
  deliveriesContract(async () =>
    dynamodbDeliveries({ ...clients, table: await emptied("deliveries", "conversationId", "eventKey") }, clock),
  );
});
describe("deliveries in memory", () => {
  deliveriesContract(memoryDeliveries);
});

describe("breakers in the table failed-events", () => {
  breakersContract(async () => dynamodbBreakers({ ...clients, table: await emptied("failed-events", "chunkId") }));
});
describe("breakers in memory", () => {
  breakersContract(memoryBreakers);
});

describe("the delivery turn in the table failed-events", () => {
  deliveryTurnContract(async () =>
    dynamodbDeliveryTurn({ ...clients, table: await emptied("failed-events", "chunkId") }),
  );
});
describe("the delivery turn in memory", () => {
  deliveryTurnContract(memoryDeliveryTurn);
});

describe("failed events in table and bucket", () => {
  failedEventsContract(async () =>
    failedEventsStore(
      { ...clients, bucket: "floodgate-events", table: await emptied("failed-events", "chunkId") },
      clock,
    ),
  );
});
describe("failed events in memory", () => {
  failedEventsContract(() => memoryFailedEvents(clock));
});

describe("the table admission-log", () => {
  admissionLogContract(async () =>
    dynamodbAdmissionLog({ ...clients, table: await emptied("admission-log", "minute", "n") }),
  );
});
describe("the admission log in memory", () => {
  admissionLogContract(memoryAdmissionLog);
});

describe("the table users behind the memory of containers", () => {
  entityCacheContract(async () => {
    let now = receivedAt;
    const table = await emptied("users", "userId");
    return {
      container: () => entityCache(users, { ...clients, table }, { ...systemClock, now: () => now }),
      setNow: (at) => {
        now = at;
      },
    };
  });
});
describe("users in memory", () => {
  entityCacheContract(() => {
    let now = receivedAt;
    const cache = memoryEntityCache<User>({ now: () => now });
    return {
      container: () => cache,
      setNow: (at) => {
        now = at;
      },
    };
  });
});
