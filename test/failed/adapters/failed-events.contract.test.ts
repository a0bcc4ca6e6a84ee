import { describe } from "vitest";
import { failedEventsStore } from "../../../src/failed/adapters/failed-events-store.ts";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";
import { receivedAt } from "../../support/builders.ts";
import { contractCloud } from "../../support/contracts/contract-cloud.ts";
import { failedEventsContract } from "../../support/contracts/failed-events.ts";
import { memoryFailedEvents } from "../../support/memory/memory-failed-events.ts";

const clock = { ...systemClock, now: () => receivedAt };

describe("failed events in table and bucket", () => {
  const { clients, table, bucket } = contractCloud();
  failedEventsContract(async () =>
    failedEventsStore({ ...clients(), bucket: await bucket(), table: await table("failed-events") }, clock),
  );
});

describe("failed events in memory", () => {
  failedEventsContract(() => memoryFailedEvents(clock));
});
