import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { freshFor, type Known, keptFor } from "../../../src/enrichment/known.ts";
import type { EntityCache } from "../../../src/enrichment/ports.ts";
import type { User } from "../../../src/genesys/user.ts";

export interface EntityCacheScene {
  /** The cache as one container has it; every call is another container over the same store. */
  readonly container: () => EntityCache<User>;
  readonly setNow: (now: number) => void;
}

/** What every implementation of the port has to do. */
export const entityCacheContract = (create: () => Promise<EntityCacheScene> | EntityCacheScene): void => {
  const fetchedAt = Date.UTC(2026, 0, 5, 9);
  const agent = (number: number): Known<User> => ({
    entity: { id: `u-${number}`, name: `Agent ${number}`, email: `a${number}@example.com` },
    fetchedAt,
  });
  const agents = (count: number) =>
    new Map(Array.from({ length: count }, (_, number) => [`u-${number}`, agent(number)] as const));

  it("knows nothing of users that were never remembered", async () => {
    const { container } = await create();
    expect(await container().recall(["u-1", "u-2"])()).toStrictEqual(E.right(new Map()));
    expect(await container().recall([])()).toStrictEqual(E.right(new Map()));
  });

  it("answers what one container remembered to all of them, for more users than one call takes", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    const known = agents(130);
    await container().remember(known)();
    const found = await container().recall([...known.keys(), "u-never"])();
    expect(E.isRight(found) && new Map([...found.right].toSorted())).toStrictEqual(new Map([...known].toSorted()));
  });

  it("remembers that Genesys knows no such user", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    const nobody = new Map([["u-nobody", { entity: null, fetchedAt }]]);
    await container().remember(nobody)();
    expect(await container().recall(["u-nobody"])()).toStrictEqual(E.right(nobody));
  });

  it("answers the newer of two, in the container that had the older one as well once that is stale", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    const first = container();
    await first.remember(agents(1))();
    setNow(fetchedAt + freshFor);
    const renamed = new Map([["u-0", { entity: { id: "u-0", name: "Renamed" }, fetchedAt: fetchedAt + freshFor }]]);
    await container().remember(renamed)();
    expect(await first.recall(["u-0"])()).toStrictEqual(E.right(renamed));
  });

  it("answers a stale user for as long as one is kept, and forgets it then", async () => {
    const { container, setNow } = await create();
    setNow(fetchedAt);
    await container().remember(agents(1))();
    setNow(fetchedAt + keptFor - 1);
    expect(await container().recall(["u-0"])()).toStrictEqual(E.right(agents(1)));
    setNow(fetchedAt + keptFor);
    expect(await container().recall(["u-0"])()).toStrictEqual(E.right(new Map()));
  });
};
