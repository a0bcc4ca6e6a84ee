import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import { chunksWithin } from "../domain/chunks-within.ts";
import type { GenesysError } from "../domain/genesys-error.ts";
import { isFresh, isUserId, type KnownUser } from "../domain/user.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deadline } from "../ports/deadline.ts";
import { type GenesysUsers, type ListedUsers, usersPerRequest } from "../ports/genesys.ts";
import type { UserCache } from "../ports/user-cache.ts";

export type FindUsersCapabilities = UserCache & GenesysUsers & Pick<Clock, "now"> & Deadline;

export interface FoundUsers {
  /** What is known of each id that Genesys or the cache has answered for. */
  readonly users: ReadonlyMap<string, KnownUser>;
  /** Ids whose user is older than fresh, because Genesys could not be asked. */
  readonly stale: ReadonlySet<string>;
  /** Why ids are missing from `users`; undefined when none is. */
  readonly error: GenesysError | undefined;
}

const perRequest = chunksWithin<string>({ count: usersPerRequest, bytes: Number.POSITIVE_INFINITY }, () => 0);

interface Asked {
  readonly answered: ReadonlyMap<string, KnownUser>;
  readonly error: GenesysError | undefined;
}

const tooSlow: GenesysError = { _tag: "GenesysUnavailable", reason: "too slow for what is left of the invocation" };

/** Genesys refuses the request as such, so that one of the ids it names is at fault; or it has too many for its URL. */
const isAboutIds = (error: GenesysError): boolean =>
  error._tag === "GenesysRefused" && (error.status === 400 || error.status === 414);

const halvesOf = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(middle), ids.slice(0, middle)];
};

/** What an answer says of each id that was asked for. */
const knownOf = (ids: ReadonlyArray<string>, { users, leftOut }: ListedUsers, fetchedAt: number) => {
  const byId = new Map(users.map((user) => [user.id.toLowerCase(), user]));
  const unreadable = new Set(leftOut.map(({ id }) => id?.toLowerCase()));
  return new Map(
    ids.map((id): [string, KnownUser] => {
      const user = byId.get(id.toLowerCase());
      if (user !== undefined) return [id, { user, fetchedAt }];
      return [id, { user: null, fetchedAt, ...(unreadable.has(id.toLowerCase()) ? { gap: "userUnreadable" } : {}) }];
    }),
  );
};

const refusedAlone = (ids: ReadonlyArray<string>, fetchedAt: number): ReadonlyMap<string, KnownUser> =>
  new Map(ids.map((id) => [id, { user: null, fetchedAt, gap: "userRefused" }]));

/**
 * Asks in batches and stops at the first error, which the next request would meet as well, or when time runs out. A batch
 * that is refused is asked for again by halves, until the ids are alone for which it was: what is known of the others by
 * then is remembered, so that whoever runs out of requests in the middle goes on there.
 */
const ask =
  (ids: ReadonlyArray<string>, reserve: number): ReaderTask<FindUsersCapabilities, Asked> =>
  ({ getUsers, rememberUsers, now, timeLeft }) =>
  async () => {
    const answered = new Map<string, KnownUser>();
    const open = perRequest(ids).toReversed();
    for (let batch = open.pop(); batch !== undefined; batch = open.pop()) {
      if (timeLeft() < reserve) return { answered, error: tooSlow };
      const listed = await getUsers(batch)();
      if (E.isLeft(listed) && !isAboutIds(listed.left)) return { answered, error: listed.left };
      if (E.isLeft(listed) && batch.length > 1) {
        open.push(...halvesOf(batch));
        continue;
      }
      const fetched = E.isRight(listed) ? knownOf(batch, listed.right, now()) : refusedAlone(batch, now());
      for (const [id, known] of fetched) answered.set(id, known);
      // At once, so that whoever is ended in the middle does not ask for the same users again.
      await rememberUsers(fetched)();
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
    const askable = ids.filter(isUserId);
    // What is no id is no user: neither Genesys nor a table need be asked, and neither refuses the others for it.
    const nobody = ids.filter((id) => !isUserId(id)).map((id) => [id, { user: null, fetchedAt: 0 }] as const);
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
      users: new Map<string, KnownUser>([...nobody, ...stale, ...fresh, ...answered]),
      stale: new Set(stale.map(([id]) => id)),
      error,
    };
  };
