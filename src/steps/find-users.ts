import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import { chunksWithin } from "../domain/chunks-within.ts";
import type { GenesysError } from "../domain/genesys-error.ts";
import { isFresh, type KnownUser, type User } from "../domain/user.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deadline } from "../ports/deadline.ts";
import { type GenesysUsers, usersPerRequest } from "../ports/genesys.ts";
import type { UserCache } from "../ports/user-cache.ts";

export type FindUsersCapabilities = UserCache & GenesysUsers & Pick<Clock, "now"> & Deadline;

export interface FoundUsers {
  /** Users by id; null: Genesys knows no such user. */
  readonly users: ReadonlyMap<string, User | null>;
  /** Ids whose user is older than fresh, because Genesys could not be asked. */
  readonly stale: ReadonlySet<string>;
  /** Why ids are missing from `users`; undefined when none is. */
  readonly error: GenesysError | undefined;
}

const perRequest = chunksWithin<string>({ count: usersPerRequest, bytes: Number.POSITIVE_INFINITY }, () => 0);

/** What is no id is no user: neither Genesys nor a table need be asked, and neither refuses the others for it. */
const possibleId = /^[\w.-]{1,64}$/;

interface Asked {
  readonly answered: ReadonlyMap<string, KnownUser>;
  readonly error: GenesysError | undefined;
}

const tooSlow: GenesysError = { _tag: "GenesysUnavailable", reason: "too slow for what is left of the invocation" };

/** Asks in batches and stops at the first error, which the next request would meet as well, or when time runs out. */
const ask =
  (ids: ReadonlyArray<string>, reserve: number): ReaderTask<FindUsersCapabilities, Asked> =>
  ({ getUsers, rememberUsers, now, timeLeft }) =>
  async () => {
    const answered = new Map<string, KnownUser>();
    for (const batch of perRequest(ids)) {
      if (timeLeft() < reserve) return { answered, error: tooSlow };
      const users = await getUsers(batch)();
      if (E.isLeft(users)) return { answered, error: users.left };
      const byId = new Map(users.right.map((user) => [user.id, user]));
      const fetched = batch.map((id) => [id, { user: byId.get(id) ?? null, fetchedAt: now() }] as const);
      for (const [id, known] of fetched) answered.set(id, known);
      // At once, so that whoever is ended in the middle does not ask for the same users again.
      await rememberUsers(new Map(fetched))();
    }
    return { answered, error: undefined };
  };

/**
 * Users by id: from the cache while they are fresh, else from Genesys (one request per 50), else, when Genesys fails,
 * from the cache all the same. Nobody is asked any more with less than `reserve` milliseconds left.
 */
export const findUsers =
  (ids: ReadonlyArray<string>, reserve: number): ReaderTask<FindUsersCapabilities, FoundUsers> =>
  (capabilities) =>
  async () => {
    const askable = ids.filter((id) => possibleId.test(id));
    const nobody = ids.filter((id) => !possibleId.test(id)).map((id) => [id, { user: null, fetchedAt: 0 }] as const);
    const recalled = await capabilities.recallUsers(askable)();
    const known: ReadonlyMap<string, KnownUser> = E.isRight(recalled) ? recalled.right : new Map();
    const at = capabilities.now();
    const fresh = [...known].filter(([, user]) => isFresh(user, at));
    const isKnown = new Set(fresh.map(([id]) => id));
    const { answered, error } = await ask(
      askable.filter((id) => !isKnown.has(id)),
      reserve,
    )(capabilities)();
    const stale = [...known].filter(([id]) => !isKnown.has(id) && !answered.has(id));
    return {
      users: new Map([...nobody, ...stale, ...fresh, ...answered].map(([id, { user }]) => [id, user])),
      stale: new Set(stale.map(([id]) => id)),
      error,
    };
  };
