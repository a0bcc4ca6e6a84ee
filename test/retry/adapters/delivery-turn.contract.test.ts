import { describe } from "vitest";
import { dynamodbDeliveryTurn } from "../../../src/retry/adapters/dynamodb-delivery-turn.ts";
import { contractCloud } from "../../support/contracts/contract-cloud.ts";
import { deliveryTurnContract } from "../../support/contracts/delivery-turn.ts";
import { memoryDeliveryTurn } from "../../support/memory/memory-delivery-turn.ts";

describe("the delivery turn in the table failed-events", () => {
  const { clients, table } = contractCloud();
  deliveryTurnContract(async () => dynamodbDeliveryTurn({ ...clients(), table: await table("failed-events") }));
});

describe("the delivery turn in memory", () => {
  deliveryTurnContract(memoryDeliveryTurn);
});
