import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { describeError } from "../../aws/adapters/aws-error.ts";
import { batchGet, batchPut, type Item } from "../../aws/adapters/dynamodb-batches.ts";
import { isFresh, type KnownUser, User, UserGap, userKeptFor } from "../../genesys/user.ts";
import { parseJson } from "../../text/parse-json.ts";
import type { Clock, Random } from "../../time/ports.ts";
import type { UserCache } from "../ports.ts";

const UserItem = t.intersection(
  [
    t.type({ userId: t.type({ S: t.string }), user: t.type({ S: t.string }), fetchedAt: t.type({ N: t.string }) }),
    t.partial({ gap: t.type({ S: UserGap }) }),
  ],
  "UserItem",
);

const StoredUser = t.union([User, t.null]);

/** Users that a container holds in memory; beyond that the one unused for longest makes room. */
const memorySize = 5_000;

const itemOf = (userId: string, { user, fetchedAt, gap }: KnownUser): Item => ({
  userId: { S: userId },
  user: { S: JSON.stringify(user) },
  fetchedAt: { N: String(fetchedAt) },
  expiresAt: { N: String(Math.floor((fetchedAt + userKeptFor) / 1000)) },
  ...(gap === undefined ? {} : { gap: { S: gap } }),
});

const readItem = (item: Item): readonly [string, KnownUser] | undefined => {
  const decoded = UserItem.decode(item);
  if (E.isLeft(decoded)) return undefined;
  const { userId, user, fetchedAt, gap } = decoded.right;
  const stored = StoredUser.decode(parseJson(user.S));
  if (E.isLeft(stored)) return undefined;
  const known = { user: stored.right, fetchedAt: Number(fetchedAt.N) };
  return [userId.S, gap === undefined ? known : { ...known, gap: gap.S }];
};

/** The table `users` behind a container's memory. Fresh entries are answered from memory without a call. */
export const userCache = (client: DynamoDBClient, table: string, clock: Clock & Random): UserCache => {
  // A Map keeps the order of insertion: taking an entry out and putting it back makes it the newest.
  const memory = new Map<string, KnownUser>();

  const keep = (userId: string, known: KnownUser): void => {
    memory.delete(userId);
    memory.set(userId, known);
    const [oldest] = memory.keys();
    if (memory.size > memorySize && oldest !== undefined) memory.delete(oldest);
  };

  const fromMemory = (ids: ReadonlyArray<string>): Map<string, KnownUser> => {
    const found = new Map<string, KnownUser>();
    for (const id of ids) {
      const known = memory.get(id);
      if (known === undefined || !isFresh(known, clock.now())) continue;
      keep(id, known);
      found.set(id, known);
    }
    return found;
  };

  const fromTable = async (ids: ReadonlyArray<string>): Promise<ReadonlyArray<readonly [string, KnownUser]>> => {
    const items = await batchGet(client, table, clock)(
      ids.map((id) => ({ userId: { S: id } })),
      "userId, #user, fetchedAt, gap",
      {
        "#user": "user",
      },
    );
    return items.map(readItem).filter((each) => each !== undefined);
  };

  return {
    recallUsers: (ids) => {
      const found = fromMemory(ids);
      const missing = ids.filter((id) => !found.has(id));
      return pipe(
        TE.tryCatch(
          () => fromTable(missing),
          (error) => ({ _tag: "UserCacheUnavailable" as const, reason: describeError(error).reason }),
        ),
        TE.map((stored) => {
          for (const [id, known] of stored) {
            if (clock.now() - known.fetchedAt >= userKeptFor) continue;
            keep(id, known);
            found.set(id, known);
          }
          return found;
        }),
      );
    },
    rememberUsers: (users) => async () => {
      for (const [id, known] of users) keep(id, known);
      await batchPut(client, table, clock)([...users].map(([id, known]) => itemOf(id, known)));
    },
  };
};
