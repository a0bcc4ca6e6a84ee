import * as t from "io-ts";

/** What an event says of its user once it is enriched. */
export const User = t.intersection(
  [t.strict({ id: t.string, name: t.string }), t.partial({ email: t.string, department: t.string })],
  "User",
);
export type User = t.TypeOf<typeof User>;

/** Why there is no user behind an id although Genesys has answered for it: refused alone, or not as documented. */
export const UserGap = t.keyof({ userRefused: null, userUnreadable: null }, "UserGap");
export type UserGap = t.TypeOf<typeof UserGap>;

/** What is known of a user id, and since when (epoch ms); `user` is null when Genesys has no such user to tell of. */
export interface KnownUser {
  readonly user: User | null;
  readonly fetchedAt: number;
  readonly gap?: UserGap;
}

const hour = 60 * 60 * 1000;

/** Younger than this a user is used without asking again. */
export const userFreshFor = 24 * hour;

/** Younger than this a gap is: it is a fault, which somebody may mend. */
export const gapFreshFor = hour;

/** Older than fresh, a user is used (and marked stale) only when Genesys cannot be asked. */
export const userKeptFor = 30 * 24 * hour;

export const isFresh = ({ fetchedAt, gap }: KnownUser, now: number): boolean =>
  now - fetchedAt < (gap === undefined ? userFreshFor : gapFreshFor);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids of users are UUIDs; what is none is no user, and Genesys refuses a whole request for it. */
export const isUserId = (text: string): boolean => uuid.test(text);
