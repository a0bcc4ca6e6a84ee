import type * as t from "io-ts";
import { day, type Instant } from "../time/instant.ts";

/** A kind of entity that events name by an id, such as users, and how it is asked for. */
export interface Kind<A> {
  /** In the singular: tables, logs and metrics have `<name>Id`, `<name>s`, `<name>NotFound`. */
  readonly name: string;
  readonly codec: t.Type<A, unknown, unknown>;
  readonly idOf: (entity: A) => string;
  /** What is no id of the kind is no entity: nobody need be asked for it. */
  readonly isId: (text: string) => boolean;
  /** Most ids that one request asks for. */
  readonly perRequest: number;
}

/** What is known of an id, and since when (epoch ms); `entity` is null when the source has none to tell of. */
export interface Known<A> {
  readonly entity: A | null;
  readonly fetchedAt: Instant;
  /** Why there is none although the source has answered: refused alone, or not as documented. */
  readonly gap?: string;
}

const hour = 60 * 60 * 1000;

/** Younger than this an entity is used without asking again. */
export const freshFor = day;

/** Younger than this a gap is: it is a fault, which somebody may mend. */
export const gapFreshFor = hour;

/** Older than fresh, an entity is used (and marked stale) only when its source cannot be asked. */
export const keptFor = 30 * day;

export const isFresh = ({ fetchedAt, gap }: Known<unknown>, now: Instant): boolean =>
  now - fetchedAt < (gap === undefined ? freshFor : gapFreshFor);
