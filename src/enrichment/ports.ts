import type { Task } from "fp-ts/lib/Task.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { KnownUser } from "../genesys/user.ts";

export interface UserCacheUnavailable {
  readonly _tag: "UserCacheUnavailable";
  readonly reason: string;
}

export interface UserCache {
  /** What is known of the ids, fresh or stale; ids that nothing is known of are absent. */
  readonly recallUsers: (
    ids: ReadonlyArray<string>,
  ) => TaskEither<UserCacheUnavailable, ReadonlyMap<string, KnownUser>>;
  /** Never fails a batch: what cannot be remembered is asked for again. */
  readonly rememberUsers: (users: ReadonlyMap<string, KnownUser>) => Task<void>;
}
