import { describe } from "vitest";
import { entityCache } from "../../../src/enrichment/adapters/entity-cache.ts";
import { users } from "../../../src/enrichment/users.ts";
import type { User } from "../../../src/genesys/user.ts";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";
import { receivedAt } from "../../support/builders.ts";
import { contractCloud } from "../../support/contracts/contract-cloud.ts";
import { entityCacheContract } from "../../support/contracts/entity-cache.ts";
import { memoryEntityCache } from "../../support/memory/memory-entity-cache.ts";

describe("the table users behind the memory of containers", () => {
  const { clients, table } = contractCloud();
  entityCacheContract(async () => {
    let now = receivedAt;
    const store = { ...clients(), table: await table("users") };
    return {
      container: () => entityCache(users, store, { ...systemClock, now: () => now }),
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
