import { describe } from "vitest";
import { dynamodbBreakers } from "../../../src/breakers/adapters/dynamodb-breakers.ts";
import { breakersContract } from "../../support/contracts/breakers.ts";
import { contractCloud } from "../../support/contracts/contract-cloud.ts";
import { memoryBreakers } from "../../support/memory/memory-breakers.ts";

describe("breakers in the table failed-events", () => {
  const { clients, table } = contractCloud();
  breakersContract(async () => dynamodbBreakers({ ...clients(), table: await table("failed-events") }));
});

describe("breakers in memory", () => {
  breakersContract(memoryBreakers);
});
