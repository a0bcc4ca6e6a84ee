import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import type { UserCache } from "../../../src/enrichment/ports.ts";
import { type KnownUser, userFreshFor, userKeptFor } from "../../../src/genesys/user.ts";

export interface UserCacheScene {
  /** The cache as one container has it; every call is another container over the same store. */
  readonly container: () => UserCache;
  readonly setNow: (now: number) => void;
}

/** What every implementation of the port has to do. */
export const userCacheContract = (create: () => Promise<UserCacheScene> | UserCacheScene): void => {
  const fetchedAt = Date.UTC(2026, 0, 5, 9);
  const agent = (number: number): KnownUser => ({
    user: { id: `u-${number}`, name: `Agent ${number}`, email: `a${number}@example.com` },
    fetchedAt,
  });
  const agents = (count: number) =>
    new Map(Array.from({ length: count }, (_, number) => [`u-${number}`, agent(number)] as const));

  it("knows nothing of users that were never remembered", async () => {
    const { container } = await create();
    expect(await container().recallUsers(["u-1", "u-2"])()).toStrictEqual(E.right(new Map()));
    expect(await container().recallUsers([])()).toStrictEqual(E.right(new Map()));
  });

  it("answers what one container remembered to all of them, for more users than one call takes", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    const known = agents(130);
    await container().rememberUsers(known)();
    const found = await container().recallUsers([...known.keys(), "u-never"])();
    expect(E.isRight(found) && new Map([...found.right].toSorted())).toStrictEqual(new Map([...known].toSorted()));
  });

  it("remembers that Genesys knows no such user", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    const nobody = new Map([["u-nobody", { user: null, fetchedAt }]]);
    await container().rememberUsers(nobody)();
    expect(await container().recallUsers(["u-nobody"])()).toStrictEqual(E.right(nobody));
  });

  it("answers the newer of two, in the container that had the older one as well once that is stale", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    const first = container();
    await first.rememberUsers(agents(1))();
    setNow(fetchedAt + userFreshFor);
    const renamed = new Map([["u-0", { user: { id: "u-0", name: "Renamed" }, fetchedAt: fetchedAt + userFreshFor }]]);
    await container().rememberUsers(renamed)();
    expect(await first.recallUsers(["u-0"])()).toStrictEqual(E.right(renamed));
  });

  it("answers a stale user for as long as one is kept, and forgets it then", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    await container().rememberUsers(agents(1))();
    setNow(fetchedAt + userKeptFor - 1);
    expect(await container().recallUsers(["u-0"])()).toStrictEqual(E.right(agents(1)));
    setNow(fetchedAt + userKeptFor);
    expect(await container().recallUsers(["u-0"])()).toStrictEqual(E.right(new Map()));
  });
};
