import * as fc from "fast-check";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import { userId } from "../../local/genesys/organisation.ts";
import { entityCache } from "../../src/enrichment/adapters/entity-cache.ts";
import { guardedSource } from "../../src/enrichment/adapters/guarded-source.ts";
import { gapFreshFor, type Kind } from "../../src/enrichment/known.ts";
import { lookUp } from "../../src/enrichment/look-up.ts";
import type { Entities, Unanswered } from "../../src/enrichment/ports.ts";
import { users } from "../../src/enrichment/users.ts";
import type { GetByIds, Listed } from "../../src/genesys/ports.ts";
import type { User } from "../../src/genesys/user.ts";
import { receivedAt } from "../support/builders.ts";
import { keptTelemetry, stillClock } from "../support/capabilities.ts";
import { localTables } from "../support/cloud/dynalite-table.ts";
import { memoryBreakers } from "../support/memory/memory-breakers.ts";
import { memoryEntityCache } from "../support/memory/memory-entity-cache.ts";
import { many } from "../support/setup/many.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const badRequest: Unanswered = { failure: { failure: "genesysRefused" }, isAboutRequest: true };
const limited: Unanswered = {
  failure: { failure: "genesysRateLimited", retryAfterSeconds: 30 },
  isAboutRequest: false,
};

const user = (id: string) => ({ id, name: `Agent ${id}` });

/** A Genesys that answers 400 to any request that names one of the bad ids, and 429 after a number of requests. */
const scene = (bad: ReadonlyArray<string>, requests = Number.POSITIVE_INFINITY) => {
  let now = receivedAt;
  let left = requests;
  const asked: ReadonlyArray<string>[] = [];
  const cache = memoryEntityCache<User>({ now: () => now });
  const { telemetry, logged, counted } = keptTelemetry();
  const find = (ids: ReadonlyArray<string>) =>
    lookUp(
      users,
      ids,
      0,
    )(
      onlyThese({
        ...cache,
        ...telemetry,
        now: () => now,
        timeLeft: () => 60_000,
        isAtHand: false,
        getByIds: (batch: ReadonlyArray<string>): TE.TaskEither<Unanswered, Listed<User>> => {
          if (left === 0) return TE.left(limited);
          left -= 1;
          asked.push(batch);
          if (batch.some((id) => bad.includes(id))) return TE.left(badRequest);
          return TE.right({ entities: batch.map(user), leftOut: [] });
        },
      }),
    )();
  return {
    find,
    asked,
    logged,
    counted,
    allow: (more: number) => {
      left = more;
    },
    later: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

const userIds = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => userId(index + 1));

/** What is found with an empty cache and a source that answers this to whatever it is asked. */
const answeredWith = (ids: ReadonlyArray<string>, answer: TE.TaskEither<Unanswered, Listed<User>>) =>
  lookUp(
    users,
    ids,
    0,
  )(
    onlyThese({
      ...memoryEntityCache<User>({ now: () => receivedAt }),
      ...keptTelemetry().telemetry,
      now: () => receivedAt,
      timeLeft: () => 60_000,
      isAtHand: false,
      getByIds: () => answer,
    }),
  )();

describe("lookUp of users", () => {
  it("finds, for whatever ids Genesys refuses, all others, and says of each refused one that it was", () =>
    fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(119), { maxLength: 8 }), async (refused) => {
        const all = userIds(120);
        const bad = refused.map((index) => all[index] ?? "");
        const { find, asked } = scene(bad);
        const found = await find(all);
        expect([found.missing, found.stale]).toStrictEqual([undefined, new Set()]);
        expect(found.known).toStrictEqual(
          new Map(
            all.map((id) => [
              id,
              bad.includes(id)
                ? { entity: null, fetchedAt: receivedAt, gap: "userRefused" }
                : { entity: user(id), fetchedAt: receivedAt },
            ]),
          ),
        );
        // Each refused id costs two requests for each time that its batch of 50 can be halved.
        expect(asked.length).toBeLessThanOrEqual(3 + bad.length * 2 * Math.ceil(Math.log2(50)));
      }),
      // Eight that are refused alone end a look-up only where nobody else was taken.
      { numRuns: many(200), examples: [[[0, 10, 20, 30, 40, 50, 60, 70]]] },
    ));

  it.each([3, 4, 6, 8])("goes on where it ran out of requests, with %i of them a time, and ends", async (requests) => {
    const all = userIds(50);
    const { find, allow } = scene(all.slice(0, 1), 0);
    const rounds: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      allow(requests);
      const found = await find(all);
      rounds.push(found.known.size);
      if (found.missing === undefined) break;
    }
    expect(rounds.at(-1)).toBe(50);
    expect(rounds).toStrictEqual([...new Set(rounds)].toSorted((a, b) => a - b));
  });

  it("does not hold it against the ids when none of many is taken alone", async () => {
    const { find, asked, logged } = scene(userIds(50));
    const found = await find(userIds(50));
    expect(found).toStrictEqual({ known: new Map(), stale: new Set(), missing: badRequest.failure });
    expect([asked.length < 75, logged]).toStrictEqual([true, []]);
  });

  it("names and counts the users that Genesys refuses, and those that are not as documented", async () => {
    const { find, logged, counted } = scene([userId(2)]);
    await find(userIds(3));
    expect([logged, counted]).toStrictEqual([
      [{ message: "Genesys refuses to answer for these users, alone as well", fields: { users: [userId(2)] } }],
      [{ usersRefused: 1 }],
    ]);
    const told = keptTelemetry();
    const listed: Listed<User> = {
      entities: [user(userId(1))],
      leftOut: [{ id: userId(2), path: "entities.1.email" }, { path: "entities.2.id" }],
    };
    const found = await lookUp(
      users,
      userIds(3),
      0,
    )(
      onlyThese({
        ...memoryEntityCache<User>({ now: () => receivedAt }),
        ...told.telemetry,
        now: () => receivedAt,
        timeLeft: () => 60_000,
        isAtHand: false,
        getByIds: () => TE.right(listed),
      }),
    )();
    expect(userIds(3).map((id) => found.known.get(id)?.gap)).toStrictEqual([
      undefined,
      "userUnreadable",
      "userUnreadable",
    ]);
    expect([told.logged, told.counted]).toStrictEqual([
      [
        {
          message: "users are not as Genesys documents them and have no name",
          fields: { users: [`${userId(2)}: entities.1.email`, "without id: entities.2.id"] },
        },
      ],
      [{ usersLeftOut: 2 }],
    ]);
  });

  it("asks for no id that is no UUID: it is no user, and Genesys would refuse the others for it", async () => {
    const { find, asked } = scene([]);
    const odd = ["", "u-1", "a@example.com", "../users", `${userId(1)}x`, "null"];
    const found = await find([...odd, userId(2)]);
    expect(asked).toStrictEqual([[userId(2)]]);
    expect(odd.map((id) => found.known.get(id)?.entity)).toStrictEqual(odd.map(() => null));
  });

  it("takes an id in another case for the same user", async () => {
    const { find } = scene([]);
    const upper = userId(10).toUpperCase();
    const listed: Listed<User> = { entities: [user(userId(10))], leftOut: [] };
    expect((await find([upper])).known.get(upper)?.entity?.id).toBe(upper);
    const found = await answeredWith([upper], TE.right(listed));
    expect(found.known.get(upper)).toStrictEqual({ entity: user(userId(10)), fetchedAt: receivedAt });
  });

  it("knows an entity that is not as documented by its id in any case, and blames no other", async () => {
    const [one, two] = [userId(10), userId(11)];
    const listed: Listed<User> = { entities: [], leftOut: [{ id: one.toUpperCase(), path: "entities.0.name" }] };
    const found = await answeredWith([one, two], TE.right(listed));
    expect([found.known.get(one), found.known.get(two)]).toStrictEqual([
      { entity: null, fetchedAt: receivedAt, gap: "userUnreadable" },
      { entity: null, fetchedAt: receivedAt },
    ]);
  });

  it.each([
    ["no time for a request", 4_999, false, 0],
    ["just enough time for one", 5_000, false, 1],
    ["no time, and a source at hand", 0, true, 1],
  ])("with %s", async (_, timeLeft, isAtHand, requests) => {
    let asked = 0;
    const found = await lookUp(
      users,
      [userId(1)],
      5_000,
    )(
      onlyThese({
        ...memoryEntityCache<User>({ now: () => receivedAt }),
        ...keptTelemetry().telemetry,
        now: () => receivedAt,
        timeLeft: () => timeLeft,
        isAtHand,
        getByIds: () => {
          asked += 1;
          return TE.left(limited);
        },
      }),
    )();
    expect([asked, found.missing]).toStrictEqual([
      requests,
      requests === 0 ? { failure: "genesysUnavailable" } : limited.failure,
    ]);
  });

  it("gives up on a batch after eight ids that are refused alone, and not after seven", async () => {
    const refusedAlone = async (count: number) => {
      const { find, asked } = scene(userIds(count));
      const found = await find(userIds(count));
      return [found.known.size, asked.filter((ids) => ids.length === 1).length];
    };
    expect([await refusedAlone(7), await refusedAlone(8)]).toStrictEqual([
      [7, 7],
      [0, 8],
    ]);
  });

  it("says of ids that were refused that they were, though the others ran into a limit", async () => {
    const all = userIds(60);
    // Fifty are taken; the next ten are halved until one is refused alone, and the one beside it is not asked for any more.
    const { find } = scene([userId(51)], 9);
    const found = await find(all);
    expect([found.missing, found.known.get(userId(51))?.gap, found.known.get(userId(1))?.entity]).toStrictEqual([
      limited.failure,
      "userRefused",
      user(userId(1)),
    ]);
  });

  it("asks again for a refused id after an hour, and not before", async () => {
    const { find, asked, later } = scene([userId(1)]);
    await find([userId(1)]);
    later(gapFreshFor - 1);
    await find([userId(1)]);
    expect(asked.length).toBe(1);
    later(1);
    await find([userId(1)]);
    expect(asked.length).toBe(2);
  });

  it("lets an event wait rather than believe an old gap while Genesys cannot be asked", async () => {
    const { find, later, allow } = scene([userId(1)]);
    await find([userId(1)]);
    later(gapFreshFor);
    allow(0);
    expect(await find([userId(1)])).toStrictEqual({ known: new Map(), stale: new Set(), missing: limited.failure });
  });

  it("does not halve what is refused for another reason", async () => {
    // The token end answers 400 to a wrong secret, too.
    const forbidden: Unanswered = { ...badRequest, isAboutRequest: false };
    const found = await answeredWith(userIds(3), TE.left(forbidden));
    expect(found).toStrictEqual({ known: new Map(), stale: new Set(), missing: forbidden.failure });
  });
});

describe("lookUp of a second kind of entity", () => {
  const WrapUpCode = t.strict({ code: t.string, label: t.string }, "WrapUpCode");
  type WrapUpCode = t.TypeOf<typeof WrapUpCode>;
  const wrapUpCodes: Kind<WrapUpCode> = {
    name: "wrapUpCode",
    codec: WrapUpCode,
    idOf: ({ code }) => code,
    isId: (text) => /^w-\d+$/.test(text),
    perRequest: 2,
  };
  const codeOf = (code: string): WrapUpCode => ({ code, label: `Label of ${code}` });

  /** The same steps and adapters as for users: a table of its own behind memory, a source behind the shared breaker. */
  const wrapUpScene = async () => {
    let now = receivedAt;
    const clock = { ...stillClock(), now: () => now };
    const tables = await localTables({ wrapUpCodeId: "S" });
    const table = await tables.create();
    const breakers = memoryBreakers();
    const asked: ReadonlyArray<string>[] = [];
    let isDown = false;
    const getByIds: GetByIds<WrapUpCode> = (ids) => {
      asked.push(ids);
      return isDown
        ? TE.left({ _tag: "GenesysUnavailable", reason: "503" })
        : TE.right({ entities: ids.filter((id) => id !== "w-9").map(codeOf), leftOut: [] });
    };
    const container = (): Entities<WrapUpCode> => ({
      ...entityCache(wrapUpCodes, { dynamoDb: tables.client, table }, clock),
      ...guardedSource(getByIds, { ...breakers, ...clock }),
    });
    const find = (entities: Entities<WrapUpCode>, ids: ReadonlyArray<string>) =>
      lookUp(wrapUpCodes, ids, 0)({ ...entities, ...clock, ...keptTelemetry().telemetry, timeLeft: () => 60_000 })();
    return {
      asked,
      breakers,
      container,
      find,
      close: tables.stop,
      fail: () => {
        isDown = true;
      },
      later: (milliseconds: number) => {
        now += milliseconds;
      },
    };
  };

  it("asks in batches, then the cache; what the source does not know is known not to exist", async () => {
    const { find, container, asked, close } = await wrapUpScene();
    const ids = ["w-1", "w-2", "w-9", "no id"];
    const known = new Map<string, unknown>([
      ["no id", { entity: null, fetchedAt: 0 }],
      ["w-1", { entity: codeOf("w-1"), fetchedAt: receivedAt }],
      ["w-2", { entity: codeOf("w-2"), fetchedAt: receivedAt }],
      ["w-9", { entity: null, fetchedAt: receivedAt }],
    ]);
    for (const each of [container(), container()]) {
      const found = await find(each, ids);
      expect(new Map([...found.known].toSorted())).toStrictEqual(known);
      expect([found.stale, found.missing]).toStrictEqual([new Set(), undefined]);
    }
    expect(asked).toStrictEqual([["w-1", "w-2"], ["w-9"]]);
    close();
  });

  it("falls back to what is stale behind an open breaker, which keeps every container from asking", async () => {
    const { find, container, asked, breakers, later, fail, close } = await wrapUpScene();
    await find(container(), ["w-1"]);
    later(25 * 60 * 60_000);
    fail();
    const away = { failure: "genesysUnavailable" };
    for (const each of [container(), container()]) {
      const found = await find(each, ["w-1", "w-2"]);
      expect([[...found.known.keys()], found.stale, found.missing]).toStrictEqual([["w-1"], new Set(["w-1"]), away]);
    }
    expect(asked).toHaveLength(2);
    expect(await breakers.readBreaker("genesys")()).toMatchObject({ right: { name: "genesys", reason: "503" } });
    close();
  });
});
