import { describe } from "vitest";
import { dynamodbDeliveries } from "../../../src/delivery/adapters/dynamodb-deliveries.ts";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";
import { receivedAt } from "../../support/builders.ts";
import { contractCloud } from "../../support/contracts/contract-cloud.ts";
import { deliveriesContract } from "../../support/contracts/deliveries.ts";
import { memoryDeliveries } from "../../support/memory/memory-deliveries.ts";

const clock = { ...systemClock, now: () => receivedAt };

describe("the table deliveries", () => {
  const { clients, table } = contractCloud();
  deliveriesContract(async () => dynamodbDeliveries({ ...clients(), table: await table("deliveries") }, clock));
});

describe("deliveries in memory", () => {
  deliveriesContract(memoryDeliveries);
});
