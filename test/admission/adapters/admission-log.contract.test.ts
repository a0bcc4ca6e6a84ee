import { describe } from "vitest";
import { dynamodbAdmissionLog } from "../../../src/admission/adapters/dynamodb-admission-log.ts";
import { memoryAdmissionLog } from "../../../src/admission/adapters/memory-admission-log.ts";
import { admissionLogContract } from "../../support/contracts/admission-log.ts";
import { contractCloud } from "../../support/contracts/contract-cloud.ts";

describe("the table admission-log", () => {
  const { clients, table } = contractCloud();
  admissionLogContract(async () => dynamodbAdmissionLog({ ...clients(), table: await table("admission-log") }));
});

describe("the admission log in memory", () => {
  admissionLogContract(memoryAdmissionLog);
});
