import type { Task } from "fp-ts/lib/Task.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../event/failure.ts";
import type { Unavailable } from "../event/unavailable.ts";
import type { Listed } from "../genesys/ports.ts";
import type { Known } from "./known.ts";

export type EntityCacheUnavailable = Unavailable<"EntityCacheUnavailable">;

export interface EntityCache<A> {
  /** What is known of the ids, fresh or stale; ids that nothing is known of are absent. */
  readonly recall: (ids: ReadonlyArray<string>) => TaskEither<EntityCacheUnavailable, ReadonlyMap<string, Known<A>>>;
  /** Never fails a batch: what cannot be remembered is asked for again. */
  readonly remember: (known: ReadonlyMap<string, Known<A>>) => Task<void>;
}

/** Why a source has not answered. */
export interface Unanswered {
  readonly failure: Failure;
  /** It refuses the request as it is written: one of the ids that it names, or its length. */
  readonly isAboutRequest: boolean;
}

export interface EntitySource<A> {
  /** It answers without a call, so that it is asked however little time is left. */
  readonly isAtHand: boolean;
  /** The entities of at most as many ids as one request takes; ids that the source does not know are absent. */
  readonly getByIds: (ids: ReadonlyArray<string>) => TaskEither<Unanswered, Listed<A>>;
}

/** Where entities of one kind are looked up. */
export type Entities<A> = EntityCache<A> & EntitySource<A>;
