import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { batchGet, batchPut, type Item, type Table } from "../../aws/adapters/dynamodb-batches.ts";
import { parseJson } from "../../text/parse-json.ts";
import type { Clock, Random } from "../../time/ports.ts";
import { isFresh, type Kind, type Known, keptFor } from "../known.ts";
import type { EntityCache } from "../ports.ts";

const Times = t.intersection([
  t.type({ fetchedAt: t.type({ N: t.string }) }),
  t.partial({ gap: t.type({ S: t.string }) }),
]);

/** Entities that a container holds in memory; beyond that the one unused for longest makes room. */
const memorySize = 5_000;

const itemOf = <A>({ name, codec }: Kind<A>, id: string, { entity, fetchedAt, gap }: Known<A>): Item => ({
  [`${name}Id`]: { S: id },
  [name]: { S: JSON.stringify(entity === null ? null : codec.encode(entity)) },
  fetchedAt: { N: String(fetchedAt) },
  expiresAt: { N: String(Math.floor((fetchedAt + keptFor) / 1000)) },
  ...(gap === undefined ? {} : { gap: { S: gap } }),
});

const readItem = <A>({ name, codec }: Kind<A>, item: Item): ReadonlyArray<readonly [string, Known<A>]> => {
  const id = item[`${name}Id`]?.S;
  const times = Times.decode(item);
  const stored = t.union([codec, t.null]).decode(parseJson(item[name]?.S ?? ""));
  if (id === undefined || E.isLeft(times) || E.isLeft(stored)) return [];
  const { fetchedAt, gap } = times.right;
  const known = { entity: stored.right, fetchedAt: Number(fetchedAt.N) };
  return [[id, gap === undefined ? known : { ...known, gap: gap.S }]];
};

/** A Map keeps the order of insertion: taking an entry out and putting it back makes it the newest. */
const keep = <A>(memory: Map<string, A>, id: string, known: A): void => {
  memory.delete(id);
  memory.set(id, known);
  const [oldest] = memory.keys();
  if (memory.size > memorySize && oldest !== undefined) memory.delete(oldest);
};

const freshIn = <A>(memory: Map<string, Known<A>>, ids: ReadonlyArray<string>, now: number): Map<string, Known<A>> => {
  const found = new Map<string, Known<A>>();
  for (const id of ids) {
    const known = memory.get(id);
    if (known === undefined || !isFresh(known, now)) continue;
    keep(memory, id, known);
    found.set(id, known);
  }
  return found;
};

/**
 * The table of a kind of entities, such as `users`, behind a container's memory. Fresh entries are answered from memory
 * without a call.
 */
export const entityCache = <A>(kind: Kind<A>, table: Table, clock: Clock & Random): EntityCache<A> => {
  const memory = new Map<string, Known<A>>();
  const { name } = kind;

  const stored = async (ids: ReadonlyArray<string>) => {
    const keys = ids.map((id) => ({ [`${name}Id`]: { S: id } }));
    const attributes = `${name}Id, #entity, fetchedAt, gap`;
    const items = await batchGet(table, clock)(keys, attributes, { "#entity": name });
    return items.flatMap((item) => readItem(kind, item));
  };

  return {
    recall: (ids) => {
      const found = freshIn(memory, ids, clock.now());
      const missing = ids.filter((id) => !found.has(id));
      return pipe(
        TE.tryCatch(() => stored(missing), unavailable("EntityCacheUnavailable")),
        TE.map((items) => {
          for (const [id, known] of items) {
            if (clock.now() - known.fetchedAt >= keptFor) continue;
            keep(memory, id, known);
            found.set(id, known);
          }
          return found;
        }),
      );
    },
    remember: (known) => async () => {
      for (const [id, each] of known) keep(memory, id, each);
      await batchPut(table, clock)([...known].map(([id, each]) => itemOf(kind, id, each)));
    },
  };
};
