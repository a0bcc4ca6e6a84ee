import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { GenesysError } from "../genesys/genesys-error.ts";
import { type GenesysUsers, type ListedUsers, usersPerRequest } from "../genesys/ports.ts";
import { isFresh, isUserId, type KnownUser } from "../genesys/user.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import type { Deadline } from "../time/deadline.ts";
import type { Clock } from "../time/ports.ts";
import type { UserCache } from "./ports.ts";

type Reporting = Pick<Telemetry, "warn" | "count">;

export type FindUsersCapabilities = UserCache & GenesysUsers & Pick<Clock, "now"> & Deadline & Reporting;

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
const isAboutIds = (error: GenesysError): boolean => error._tag === "GenesysRefused" && error.isAboutRequest === true;

const halvesOf = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)];
};

/** So many ids refused, one by one, and none taken: then it is not the ids that Genesys refuses. */
const mostRefusedAlone = 8;

/** What an answer says of each id that was asked for. */
const knownOf = (ids: ReadonlyArray<string>, { users, leftOut }: ListedUsers, fetchedAt: number) => {
  const byId = new Map(users.map((user) => [user.id.toLowerCase(), user]));
  const unreadable = new Set(leftOut.map(({ id }) => id?.toLowerCase()));
  return new Map(
    ids.map((id): [string, KnownUser] => {
      const user = byId.get(id.toLowerCase());
      if (user !== undefined) return [id, { user, fetchedAt }];
      // One without an id may be any of those that are missing.
      const isUnreadable = unreadable.has(id.toLowerCase()) || unreadable.has(undefined);
      return [id, { user: null, fetchedAt, ...(isUnreadable ? { gap: "userUnreadable" } : {}) }];
    }),
  );
};

const refusedAlone = (ids: ReadonlyArray<string>, fetchedAt: number): ReadonlyMap<string, KnownUser> =>
  new Map(ids.map((id) => [id, { user: null, fetchedAt, gap: "userRefused" }]));

const reportLeftOut = ({ leftOut }: ListedUsers, { warn, count }: Reporting): void => {
  if (leftOut.length === 0) return;
  const named = leftOut.map(({ id = "without id", path }) => `${id}: ${path}`);
  warn("users are not as Genesys documents them and have no name", { users: named })();
  count({ usersLeftOut: leftOut.length })();
};

const reportRefused = (ids: ReadonlyArray<string>, { warn, count }: Reporting): void => {
  if (ids.length === 0) return;
  warn("Genesys refuses to answer for these users, alone as well", { users: ids })();
  count({ usersRefused: ids.length })();
};

/**
 * Asks in batches and stops at the first error, which the next request would meet as well, or when time runs out. A batch
 * that is refused is asked for again by halves, the larger ones first, until the ids are alone for which it was: what is known
 * of the others by then is remembered, so that whoever runs out of requests in the middle goes on with fewer.
 */
const ask =
  (ids: ReadonlyArray<string>, reserve: number): ReaderTask<FindUsersCapabilities, Asked> =>
  ({ getUsers, rememberUsers, now, timeLeft, warn, count }) =>
  async () => {
    const answered = new Map<string, KnownUser>();
    const refused: string[] = [];
    const settle = async (error: GenesysError | undefined): Promise<Asked> => {
      // Where none was taken before an error came, it is not sure that the ids are at fault.
      if (error !== undefined && answered.size === 0) return { answered, error };
      reportRefused(refused, { warn, count });
      const gaps = refusedAlone(refused, now());
      for (const [id, gap] of gaps) answered.set(id, gap);
      if (gaps.size > 0) await rememberUsers(gaps)();
      return { answered, error };
    };
    const open = [...perRequest(ids)];
    for (let batch = open.shift(); batch !== undefined; batch = open.shift()) {
      if (timeLeft() < reserve) return settle(tooSlow);
      const listed = await getUsers(batch)();
      if (E.isRight(listed)) {
        reportLeftOut(listed.right, { warn, count });
        const known = knownOf(batch, listed.right, now());
        for (const [id, each] of known) answered.set(id, each);
        // At once, so that whoever is ended in the middle does not ask for the same users again.
        await rememberUsers(known)();
      } else if (!isAboutIds(listed.left)) return settle(listed.left);
      else if (batch.length > 1) open.push(...halvesOf(batch));
      else refused.push(...batch);
      if (E.isLeft(listed) && answered.size === 0 && refused.length >= mostRefusedAlone) {
        return { answered, error: listed.left };
      }
    }
    return settle(undefined);
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
    // A gap that is no longer fresh says nothing: the name may be there to be had once Genesys answers again.
    const stale = [...known].filter(([id, { gap }]) => gap === undefined && !isKnown.has(id) && !answered.has(id));
    return {
      users: new Map<string, KnownUser>([...nobody, ...stale, ...fresh, ...answered]),
      stale: new Set(stale.map(([id]) => id)),
      error,
    };
  };
