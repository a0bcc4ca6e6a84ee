import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import {
  always,
  both,
  change,
  deleteIf,
  type Expression,
  equals,
  isAtMost,
  putIfNew,
  updateIf,
} from "../../aws/adapters/conditional-write.ts";
import type { Item, Table } from "../../aws/adapters/dynamodb-batches.ts";
import { type Instant, parseInstant, toIso } from "../../time/instant.ts";
import {
  type Breaker,
  type BreakerName,
  highestCeiling,
  lowestCeiling,
  type RetryTally,
  shownReason,
} from "../breaker.ts";
import type { Arrival, Arrivals, Breakers, BreakersUnavailable, RetryTallies } from "../ports.ts";

const text = t.type({ S: t.string });

const BreakerItem = t.intersection(
  [t.type({ openedAt: text, reason: text, by: text }), t.partial({ canary: text, probeAt: text })],
  "BreakerItem",
);

const count = t.type({ N: t.string });
const TallyItem = t.partial({ ceiling: count, started: count, delivered: count, postponed: count }, "TallyItem");

const shared = <A>(call: () => Promise<A>): TE.TaskEither<BreakersUnavailable, A> =>
  TE.tryCatch(call, unavailable("BreakersUnavailable"));

/** The table's key is a chunk's id; none has a `#`. */
const breakerKey = (name: BreakerName): Item => ({ chunkId: { S: `breaker#${name}` } });
const arrivalKey: Item = { chunkId: { S: "arrival#last" } };
const tallyKey: Item = { chunkId: { S: "tally#redrive" } };

const toItem = ({ name, openedAt, reason, by, canary, probeAt }: Breaker): Item => ({
  ...breakerKey(name),
  openedAt: { S: toIso(openedAt) },
  reason: { S: shownReason(reason) },
  by: { S: by },
  ...(canary === undefined ? {} : { canary: { S: canary } }),
  ...(probeAt === undefined ? {} : { probeAt: { S: toIso(probeAt) } }),
});

const toBreaker = (name: BreakerName, item: Item): Breaker => {
  const decoded = BreakerItem.decode(item);
  // Whatever it is, it is there: a breaker that nobody can read holds back until somebody looks.
  if (E.isLeft(decoded)) return { name, openedAt: 0, reason: "the item is not readable", by: "unknown" };
  const { openedAt, reason, by, canary, probeAt } = decoded.right;
  return {
    name,
    openedAt: parseInstant(openedAt.S) ?? 0,
    reason: reason.S,
    by: by.S,
    ...(canary === undefined ? {} : { canary: canary.S }),
    ...(probeAt === undefined ? {} : { probeAt: parseInstant(probeAt.S) ?? 0 }),
  };
};

const toTally = (item: Item | undefined): RetryTally => {
  const decoded = TallyItem.decode(item ?? {});
  const { ceiling, started, delivered, postponed } = E.isRight(decoded) ? decoded.right : {};
  const known = Number(ceiling?.N ?? lowestCeiling);
  return {
    ceiling: Math.min(highestCeiling, Math.max(lowestCeiling, known)),
    started: Number(started?.N ?? 0),
    delivered: Number(delivered?.N ?? 0),
    postponed: Number(postponed?.N ?? 0),
  };
};

const isStillThisOne = ({ openedAt }: Breaker): Expression => equals("openedAt", { S: toIso(openedAt) });
const mayBeProbedAt = (now: Instant): Expression => isAtMost("probeAt", { S: toIso(now) });

const read = async ({ dynamoDb, table }: Table, key: Item): Promise<Item | undefined> =>
  (await dynamoDb.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

const readBreaker = async (table: Table, name: BreakerName): Promise<Breaker | undefined> => {
  const item = await read(table, breakerKey(name));
  return item === undefined ? undefined : toBreaker(name, item);
};

const takeProbe = (table: Table, breaker: Breaker, now: Instant, nextProbeAt: Instant): Promise<boolean> =>
  updateIf(
    table,
    breakerKey(breaker.name),
    both(isStillThisOne(breaker), mayBeProbedAt(now)),
    change({ set: { probeAt: { S: toIso(nextProbeAt) } } }),
  );

const beginMinute = (table: Table, ceiling: number, started: number): Promise<boolean> => {
  const none = { N: "0" };
  const counts = { ceiling: { N: String(ceiling) }, started: { N: String(started) }, delivered: none, postponed: none };
  return updateIf(table, tallyKey, always, change({ set: counts }));
};

/** Of two that note at about the same time either may stay: nobody looks at seconds here. */
const noteTime = (table: Table, attribute: keyof Arrival, now: Instant): Promise<boolean> =>
  updateIf(table, arrivalKey, always, change({ set: { [attribute]: { S: toIso(now) } } }));

const readArrival = async (table: Table): Promise<Arrival> => {
  const item = await read(table, arrivalKey);
  return { last: parseInstant(item?.["last"]?.S), watchedSince: parseInstant(item?.["watchedSince"]?.S) };
};

/** Breakers, the tally of retries and the last arrival, as items of the table `failed-events`. */
export const dynamodbBreakers = (table: Table): Breakers & RetryTallies & Arrivals => ({
  readBreaker: (name) => shared(() => readBreaker(table, name)),
  openBreaker: (breaker) => shared(() => putIfNew(table, toItem(breaker), "chunkId")),
  closeBreaker: (breaker) => shared(() => deleteIf(table, breakerKey(breaker.name), isStillThisOne(breaker))),
  takeProbe: (breaker, now, nextProbeAt) => shared(() => takeProbe(table, breaker, now, nextProbeAt)),
  tallyRetry: (result) => shared(() => updateIf(table, tallyKey, always, change({ add: { [result]: 1 } }))),
  readTally: shared(async () => toTally(await read(table, tallyKey))),
  beginMinute: (ceiling, started) => shared(() => beginMinute(table, ceiling, started)),
  noteArrival: (now) => shared(() => noteTime(table, "last", now)),
  watchFrom: (now) => shared(() => noteTime(table, "watchedSince", now)),
  readArrival: shared(() => readArrival(table)),
});
