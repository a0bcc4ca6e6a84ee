import * as fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { userId } from "../../local/genesys/organisation.ts";
import { findUsers } from "../../src/enrichment/find-users.ts";
import type { GenesysError } from "../../src/genesys/genesys-error.ts";
import type { ListedUsers } from "../../src/genesys/ports.ts";
import { gapFreshFor } from "../../src/genesys/user.ts";
import { receivedAt } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";
import { memoryUserCache } from "../support/memory/memory-user-cache.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const badRequest: GenesysError = {
  _tag: "GenesysRefused",
  status: 400,
  code: "bad.request",
  message: "",
  contextId: undefined,
  isAboutRequest: true,
};
const limited: GenesysError = { _tag: "GenesysRateLimited", retryAfterSeconds: 30 };

const user = (id: string) => ({ id, name: `Agent ${id}` });

/** A Genesys that answers 400 to any request that names one of the bad ids, and 429 after a number of requests. */
const scene = (bad: ReadonlyArray<string>, requests = Number.POSITIVE_INFINITY) => {
  let now = receivedAt;
  let left = requests;
  const asked: ReadonlyArray<string>[] = [];
  const cache = memoryUserCache({ now: () => now });
  const { telemetry, logged, counted } = keptTelemetry();
  const find = (ids: ReadonlyArray<string>) =>
    findUsers(
      ids,
      0,
    )(
      onlyThese({
        ...cache,
        ...telemetry,
        now: () => now,
        timeLeft: () => 60_000,
        getUsers: (batch: ReadonlyArray<string>): TE.TaskEither<GenesysError, ListedUsers> => {
          if (left === 0) return TE.left(limited);
          left -= 1;
          asked.push(batch);
          if (batch.some((id) => bad.includes(id))) return TE.left(badRequest);
          return TE.right({ users: batch.map(user), leftOut: [] });
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

const ids = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, index) => userId(index + 1));

describe("findUsers", () => {
  it("finds, for whatever ids Genesys refuses, all others, and says of each refused one that it was", () =>
    fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(119), { maxLength: 8 }), async (refused) => {
        const all = ids(120);
        const bad = refused.map((index) => all[index] ?? "");
        const { find, asked } = scene(bad);
        const found = await find(all);
        expect([found.error, found.stale]).toStrictEqual([undefined, new Set()]);
        expect(found.users).toStrictEqual(
          new Map(
            all.map((id) => [
              id,
              bad.includes(id)
                ? { user: null, fetchedAt: receivedAt, gap: "userRefused" }
                : { user: user(id), fetchedAt: receivedAt },
            ]),
          ),
        );
        // Each refused id costs two requests for each time that its batch of 50 can be halved.
        expect(asked.length).toBeLessThanOrEqual(3 + bad.length * 2 * Math.ceil(Math.log2(50)));
      }),
      { numRuns: 200 },
    ));

  it.each([3, 4, 6, 8])("goes on where it ran out of requests, with %i of them a time, and ends", async (requests) => {
    const all = ids(50);
    const { find, allow } = scene(all.slice(0, 1), 0);
    const rounds: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      allow(requests);
      const found = await find(all);
      rounds.push(found.users.size);
      if (found.error === undefined) break;
    }
    expect(rounds.at(-1)).toBe(50);
    expect(rounds).toStrictEqual([...new Set(rounds)].toSorted((a, b) => a - b));
  });

  it("does not hold it against the ids when none of many is taken alone", async () => {
    const { find, asked, logged } = scene(ids(50));
    const found = await find(ids(50));
    expect(found).toStrictEqual({ users: new Map(), stale: new Set(), error: badRequest });
    expect([asked.length < 75, logged]).toStrictEqual([true, []]);
  });

  it("names and counts the users that Genesys refuses, and those that are not as documented", async () => {
    const { find, logged, counted } = scene([userId(2)]);
    await find(ids(3));
    expect([logged, counted]).toStrictEqual([
      [{ message: "Genesys refuses to answer for these users, alone as well", fields: { users: [userId(2)] } }],
      [{ usersRefused: 1 }],
    ]);
    const told = keptTelemetry();
    const listed: ListedUsers = {
      users: [user(userId(1))],
      leftOut: [{ id: userId(2), path: "entities.1.email" }, { path: "entities.2.id" }],
    };
    const found = await findUsers(
      ids(3),
      0,
    )(
      onlyThese({
        ...memoryUserCache({ now: () => receivedAt }),
        ...told.telemetry,
        now: () => receivedAt,
        timeLeft: () => 60_000,
        getUsers: () => TE.right(listed),
      }),
    )();
    expect(ids(3).map((id) => found.users.get(id)?.gap)).toStrictEqual([undefined, "userUnreadable", "userUnreadable"]);
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
    expect(odd.map((id) => found.users.get(id)?.user)).toStrictEqual(odd.map(() => null));
  });

  it("takes an id in another case for the same user", async () => {
    const { find } = scene([]);
    const upper = userId(10).toUpperCase();
    const listed: ListedUsers = { users: [user(userId(10))], leftOut: [] };
    expect((await find([upper])).users.get(upper)?.user?.id).toBe(upper);
    const found = await findUsers(
      [upper],
      0,
    )(
      onlyThese({
        ...memoryUserCache({ now: () => receivedAt }),
        ...keptTelemetry().telemetry,
        now: () => receivedAt,
        timeLeft: () => 60_000,
        getUsers: () => TE.right(listed),
      }),
    )();
    expect(found.users.get(upper)).toStrictEqual({ user: user(userId(10)), fetchedAt: receivedAt });
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
    expect(await find([userId(1)])).toStrictEqual({ users: new Map(), stale: new Set(), error: limited });
  });

  it("does not halve what is refused for another reason", async () => {
    // The token end answers 400 to a wrong secret, too.
    const { isAboutRequest: _, ...forbidden } = { ...badRequest, code: "invalid_client" };
    const found = await findUsers(
      ids(3),
      0,
    )(
      onlyThese({
        ...memoryUserCache({ now: () => receivedAt }),
        ...keptTelemetry().telemetry,
        now: () => receivedAt,
        timeLeft: () => 60_000,
        getUsers: () => async () => E.left(forbidden),
      }),
    )();
    expect(found).toStrictEqual({ users: new Map(), stale: new Set(), error: forbidden });
  });
});
