import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { userId } from "../../../local/genesys/organisation.ts";
import { entityCache } from "../../../src/enrichment/adapters/entity-cache.ts";
import { nameCaches, nameSources } from "../../../src/enrichment/adapters/name-sources.ts";
import { freshFor, type Known, keptFor } from "../../../src/enrichment/known.ts";
import { users } from "../../../src/enrichment/users.ts";
import type { User } from "../../../src/genesys/user.ts";
import { receivedAt } from "../../support/builders.ts";
import { stillClock } from "../../support/capabilities.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { memoryBreakers } from "../../support/memory/memory-breakers.ts";

const agent = (id: string): Known<User> => ({ entity: { id, name: "Anna" }, fetchedAt: receivedAt });

describe("the table users", () => {
  const cloud = answeringCloud();
  const scene = () => {
    let now = receivedAt;
    const cache = entityCache(
      users,
      { dynamoDb: cloud.dynamoDb(), table: "users" },
      { ...stillClock(), now: () => now },
    );
    return {
      ...cache,
      find: async (...ids: ReadonlyArray<string>) => {
        const found = await cache.recall(ids)();
        return E.isRight(found) ? [...found.right.keys()] : found.left;
      },
      later: (milliseconds: number) => {
        now += milliseconds;
      },
    };
  };
  const itemOf = (given: object = {}) => ({
    userId: { S: "u-1" },
    user: { S: '{"id":"u-1","name":"Anna"}' },
    fetchedAt: { N: String(receivedAt) },
    ...given,
  });
  const stored = (...items: ReadonlyArray<object>) => ok({ Responses: { users: items } });

  it("keeps a user for 30 days from when it was asked for, in whole seconds, and why there is none", async () => {
    cloud.answer(ok());
    const gap = { entity: null, fetchedAt: receivedAt + 1_500, gap: "userRefused" };
    const cache = scene();
    await cache.remember(
      new Map<string, Known<User>>([
        ["u-1", agent("u-1")],
        ["u-2", gap],
      ]),
    )();
    const items = cloud
      .calls()
      .flatMap(({ input }) => (input["RequestItems"] as { users: { PutRequest: { Item: object } }[] }).users);
    const seconds = (receivedAt + keptFor) / 1000;
    expect(items.map(({ PutRequest }) => PutRequest.Item)).toStrictEqual([
      itemOf({ expiresAt: { N: String(seconds) } }),
      {
        userId: { S: "u-2" },
        user: { S: "null" },
        fetchedAt: { N: String(receivedAt + 1_500) },
        expiresAt: { N: String(seconds + 1) },
        gap: { S: "userRefused" },
      },
    ]);
  });

  it("answers why there is no user", async () => {
    cloud.answer(stored(itemOf({ user: { S: "null" }, gap: { S: "userRefused" } })));
    expect(await scene().recall(["u-1"])()).toStrictEqual(
      E.right(new Map([["u-1", { entity: null, fetchedAt: receivedAt, gap: "userRefused" }]])),
    );
  });

  it("asks the table for what its memory has not, and for nothing that is fresh there", async () => {
    cloud.answer(stored(itemOf()));
    const { find } = scene();
    expect([await find("u-1", "u-2"), await find("u-1")]).toStrictEqual([["u-1"], ["u-1"]]);
    await find("u-1", "u-3");
    const keys = cloud.calls().map(({ input }) => (input["RequestItems"] as { users: { Keys: object[] } }).users);
    expect(keys).toMatchObject([
      {
        Keys: [{ userId: { S: "u-1" } }, { userId: { S: "u-2" } }],
        ProjectionExpression: "userId, #entity, fetchedAt, gap",
        ExpressionAttributeNames: { "#entity": "user" },
      },
      { Keys: [{ userId: { S: "u-3" } }] },
    ]);
  });

  it("has at once in memory what it was told to remember, also when the table takes nothing", async () => {
    cloud.answer(failure(400, "ThrottlingException"));
    const { remember, find } = scene();
    await remember(new Map([["u-1", agent("u-1")]]))();
    expect(await find("u-1")).toStrictEqual(["u-1"]);
  });

  it("asks the table again for what is no longer fresh", async () => {
    cloud.answer(stored(itemOf()));
    const { find, later } = scene();
    await find("u-1");
    later(freshFor);
    await find("u-1");
    expect(cloud.calls()).toHaveLength(2);
  });

  it("remembers 5,000 users, and forgets the one that was used least lately", async () => {
    cloud.answer(ok());
    const { remember, find } = scene();
    const ids = Array.from({ length: 5_000 }, (_, index) => `u-${index}`);
    await remember(new Map(ids.map((id) => [id, agent(id)])))();
    await find("u-0");
    await remember(new Map([["u-new", agent("u-new")]]))();
    const before = cloud.calls().length;
    expect(await find("u-0", "u-2", "u-new")).toStrictEqual(["u-0", "u-2", "u-new"]);
    expect([cloud.calls().length - before, await find("u-1")]).toStrictEqual([0, []]);
  });

  it.each([
    ["no id", { userId: undefined }],
    ["no time", { fetchedAt: undefined }],
    ["a time of another type", { fetchedAt: { S: "x" } }],
    ["a gap of another type", { gap: { N: "1" } }],
    ["no user", { user: undefined }],
    ["a user that is none", { user: { S: '{"id":1}' } }],
    ["a user that is no JSON", { user: { S: "{" } }],
  ])("passes over an item with %s, and answers the others", async (_, damage) => {
    const damaged = Object.fromEntries(Object.entries(itemOf(damage)).filter(([, value]) => value !== undefined));
    cloud.answer(stored(damaged, itemOf({ userId: { S: "u-2" } })));
    expect(await scene().find("u-1", "u-2")).toStrictEqual(["u-2"]);
  });

  it("says that it cannot be read", async () => {
    cloud.answer(failure(400, "ThrottlingException", "slow down"));
    expect(await scene().find("u-1")).toStrictEqual({
      _tag: "EntityCacheUnavailable",
      reason: "ThrottlingException: slow down",
    });
  });
});

describe("nameCaches and nameSources", () => {
  const cloud = answeringCloud();

  it("are over the table that the environment names; sources ask Genesys for what it does not know", async () => {
    cloud.answer(ok());
    const environment = { USERS_TABLE: "names" };
    const caches = nameCaches(environment, cloud.dynamoDb(), stillClock());
    expect(await caches.users.recall([userId(1)])()).toStrictEqual(E.right(new Map()));
    const asked: string[] = [];
    const sources = nameSources(
      environment,
      cloud.dynamoDb(),
      {
        get: (path: string) => {
          asked.push(path);
          return async () => E.left({ _tag: "GenesysRateLimited", retryAfterSeconds: 3 });
        },
      } as never,
      { ...stillClock(), ...memoryBreakers() },
    );
    await sources.users.recall([userId(1)])();
    expect(await sources.users.getByIds([userId(1)])()).toStrictEqual(
      E.left({ failure: { failure: "genesysRateLimited", retryAfterSeconds: 3 }, isAboutRequest: false }),
    );
    expect([
      cloud.calls().map(({ input }) => Object.keys(input["RequestItems"] as object)),
      asked.length,
      sources.users.isAtHand,
    ]).toStrictEqual([[["names"], ["names"]], 1, false]);
  });
});
