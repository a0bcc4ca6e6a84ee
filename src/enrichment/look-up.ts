import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { Failure } from "../event/failure.ts";
import type { Listed } from "../genesys/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import type { Instant } from "../time/instant.ts";
import type { Clock, Deadline } from "../time/ports.ts";
import { isFresh, type Kind, type Known } from "./known.ts";
import type { Entities } from "./ports.ts";

export type Reporting = Pick<Telemetry, "warn" | "count">;

type LookUpCapabilities<A> = Entities<A> & Pick<Clock, "now"> & Deadline & Reporting;

export interface Found<A> {
  /** What is known of each id that the source or the cache has answered for. */
  readonly known: ReadonlyMap<string, Known<A>>;
  /** Ids whose entity is older than fresh, because its source could not be asked. */
  readonly stale: ReadonlySet<string>;
  /** Why ids are missing from `known`; undefined when none is. */
  readonly missing: Failure | undefined;
}

interface Asked<A> {
  readonly answered: Map<string, Known<A>>;
  /** Ids for which the source refuses to answer, alone as well. */
  readonly refused: string[];
  readonly missing: Failure | undefined;
}

/** Too slow for what is left of the invocation. */
const tooSlow: Failure = { failure: "genesysUnavailable" };

/** So many ids refused, one by one, and none taken: then it is not the ids that the source refuses. */
const mostRefusedAlone = 8;

const halvesOf = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)];
};

/** What an answer says of each id that was asked for. */
const knownOf = <A>(
  { name, idOf }: Kind<A>,
  ids: ReadonlyArray<string>,
  { entities, leftOut }: Listed<A>,
  fetchedAt: Instant,
): ReadonlyMap<string, Known<A>> => {
  const byId = new Map(entities.map((entity) => [idOf(entity).toLowerCase(), entity]));
  const unreadable = new Set(leftOut.map(({ id }) => id?.toLowerCase()));
  return new Map(
    ids.map((id): [string, Known<A>] => {
      const entity = byId.get(id.toLowerCase());
      if (entity !== undefined) return [id, { entity, fetchedAt }];
      // An entity without an id may be any of those that the answer lacks.
      const isUnreadable = unreadable.has(id.toLowerCase()) || unreadable.has(undefined);
      return [id, { entity: null, fetchedAt, ...(isUnreadable ? { gap: `${name}Unreadable` } : {}) }];
    }),
  );
};

const reportLeftOut = <A>({ name }: Kind<A>, { leftOut }: Listed<A>, { warn, count }: Reporting): void => {
  if (leftOut.length === 0) return;
  const named = leftOut.map(({ id = "without id", path }) => `${id}: ${path}`);
  warn(`${name}s are not as Genesys documents them and have no name`, { [`${name}s`]: named })();
  count({ [`${name}sLeftOut`]: leftOut.length })();
};

/** Takes what a batch was answered, and remembers it at once: whoever is ended in the middle need not ask again. */
const learn = async <A>(
  kind: Kind<A>,
  batch: ReadonlyArray<string>,
  listed: Listed<A>,
  answered: Map<string, Known<A>>,
  { remember, now, ...telemetry }: LookUpCapabilities<A>,
): Promise<void> => {
  reportLeftOut(kind, listed, telemetry);
  const known = knownOf(kind, batch, listed, now());
  for (const [id, each] of known) answered.set(id, each);
  await remember(known)();
};

/**
 * Asks in batches and stops at the first failure, which the next request would meet as well, or when time runs out. A
 * batch that is refused is asked for again by halves, the larger ones first, until the ids are alone for which it was.
 */
const ask =
  <A>(kind: Kind<A>, ids: ReadonlyArray<string>, reserve: number): ReaderTask<LookUpCapabilities<A>, Asked<A>> =>
  (capabilities) =>
  async () => {
    const answered = new Map<string, Known<A>>();
    const refused: string[] = [];
    const open = [...chunksWithin<string>({ count: kind.perRequest, bytes: Number.POSITIVE_INFINITY }, () => 0)(ids)];
    for (let batch = open.shift(); batch !== undefined; batch = open.shift()) {
      if (!capabilities.isAtHand && capabilities.timeLeft() < reserve) return { answered, refused, missing: tooSlow };
      const listed = await capabilities.getByIds(batch)();
      if (E.isRight(listed)) {
        await learn(kind, batch, listed.right, answered, capabilities);
        continue;
      }
      const { failure: missing, isAboutRequest } = listed.left;
      if (!isAboutRequest) return { answered, refused, missing };
      if (batch.length > 1) open.push(...halvesOf(batch));
      else refused.push(...batch);
      if (answered.size === 0 && refused.length >= mostRefusedAlone) return { answered, refused, missing };
    }
    return { answered, refused, missing: undefined };
  };

/** What is refused alone is a gap; but where none was taken before a failure came, the ids may not be at fault. */
const settleRefused = async <A>(
  { name }: Kind<A>,
  { answered, refused, missing }: Asked<A>,
  { remember, now, warn, count }: LookUpCapabilities<A>,
): Promise<void> => {
  if (refused.length === 0 || (missing !== undefined && answered.size === 0)) return;
  warn(`Genesys refuses to answer for these ${name}s, alone as well`, { [`${name}s`]: refused })();
  count({ [`${name}sRefused`]: refused.length })();
  const gap: Known<A> = { entity: null, fetchedAt: now(), gap: `${name}Refused` };
  for (const id of refused) answered.set(id, gap);
  await remember(new Map(refused.map((id) => [id, gap])))();
};

/**
 * Entities by id: from the cache while they are fresh, else from their source in batches, else, when the source fails,
 * from the cache all the same. Nobody is asked any more with less than `reserve` milliseconds left.
 */
export const lookUp =
  <A>(kind: Kind<A>, ids: ReadonlyArray<string>, reserve: number): ReaderTask<LookUpCapabilities<A>, Found<A>> =>
  (capabilities) =>
  async () => {
    const [askable, nobody] = [ids.filter(kind.isId), ids.filter((id) => !kind.isId(id))];
    const recalled = await capabilities.recall(askable)();
    const cached: ReadonlyMap<string, Known<A>> = E.isRight(recalled) ? recalled.right : new Map();
    const now = capabilities.now();
    const fresh = new Map([...cached].filter(([, each]) => isFresh(each, now)));
    const asked = await ask(
      kind,
      askable.filter((id) => !fresh.has(id)),
      reserve,
    )(capabilities)();
    await settleRefused(kind, asked, capabilities);
    const { answered, missing } = asked;
    // A gap that is no longer fresh says nothing: the name may be there to be had once the source answers again.
    const stale = [...cached].filter(([id, { gap }]) => gap === undefined && !fresh.has(id) && !answered.has(id));
    const noIds = nobody.map((id): [string, Known<A>] => [id, { entity: null, fetchedAt: 0 }]);
    return {
      known: new Map([...noIds, ...stale, ...fresh, ...answered]),
      stale: new Set(stale.map(([id]) => id)),
      missing,
    };
  };
