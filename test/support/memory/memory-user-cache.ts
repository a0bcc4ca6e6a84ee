import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { UserCache } from "../../../src/enrichment/ports.ts";
import { type KnownUser, userKeptFor } from "../../../src/genesys/user.ts";
import type { Clock } from "../../../src/time/ports.ts";

/** The table `users` in memory, shared by all containers of a simulation; held to the contract of the table. */
export const memoryUserCache = ({ now }: Pick<Clock, "now">): UserCache => {
  const known = new Map<string, KnownUser>();
  return {
    recallUsers: (ids) =>
      TE.fromIO(() => {
        const found = new Map<string, KnownUser>();
        for (const id of ids) {
          const user = known.get(id);
          if (user !== undefined && now() - user.fetchedAt < userKeptFor) found.set(id, user);
        }
        return found;
      }),
    rememberUsers: (users) =>
      T.fromIO(() => {
        for (const [id, user] of users) known.set(id, user);
      }),
  };
};
