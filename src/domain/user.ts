import * as t from "io-ts";

/** What an event says of its user once it is enriched. */
export const User = t.intersection(
  [t.strict({ id: t.string, name: t.string }), t.partial({ email: t.string, department: t.string })],
  "User",
);
export type User = t.TypeOf<typeof User>;

/** What is known of a user id, and since when (epoch ms); `user` is null when Genesys knows no such user. */
export interface KnownUser {
  readonly user: User | null;
  readonly fetchedAt: number;
}

const hour = 60 * 60 * 1000;

/** Younger than this a user is used without asking again. */
export const userFreshFor = 24 * hour;

/** Older than fresh, a user is used (and marked stale) only when Genesys cannot be asked. */
export const userKeptFor = 30 * 24 * hour;

export const isFresh = ({ fetchedAt }: KnownUser, now: number): boolean => now - fetchedAt < userFreshFor;
