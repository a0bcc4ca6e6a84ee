import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { describeError } from "../../aws/adapters/aws-error.ts";
import type { Item } from "../../aws/adapters/dynamodb-batches.ts";
import { unlessLost } from "../../aws/adapters/unless-lost.ts";
import { parseInstant, toIso } from "../../time/instant.ts";
import {
  type Breaker,
  type BreakerName,
  highestCeiling,
  lowestCeiling,
  type RetryTally,
  shownReason,
} from "../breaker.ts";
import type { Breakers, BreakersUnavailable, RetryTallies } from "../ports.ts";

const text = t.type({ S: t.string });

const BreakerItem = t.intersection(
  [t.type({ openedAt: text, reason: text, by: text }), t.partial({ canary: text, probeAt: text })],
  "BreakerItem",
);

const count = t.type({ N: t.string });
const TallyItem = t.partial({ ceiling: count, started: count, delivered: count, postponed: count }, "TallyItem");

const shared = <A>(call: () => Promise<A>): TE.TaskEither<BreakersUnavailable, A> =>
  TE.tryCatch(call, (error) => ({ _tag: "BreakersUnavailable", reason: describeError(error).reason }));

/** The table's key is a chunk's id; none has a `#`. */
const breakerKey = (name: BreakerName): Item => ({ chunkId: { S: `breaker#${name}` } });
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

/** Breakers and the tally of retries, as items of the table `failed-events`. */
export const dynamodbBreakers = (client: DynamoDBClient, table: string): Breakers & RetryTallies => {
  const read = async (key: Item): Promise<Item | undefined> =>
    (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

  return {
    readBreaker: (name) =>
      shared(async () => {
        const item = await read(breakerKey(name));
        return item === undefined ? undefined : toBreaker(name, item);
      }),

    openBreaker: (breaker) =>
      shared(
        unlessLost(() =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: toItem(breaker),
              ConditionExpression: "attribute_not_exists(chunkId)",
            }),
          ),
        ),
      ),

    closeBreaker: ({ name, openedAt }) =>
      pipe(
        shared(
          unlessLost(() =>
            client.send(
              new DeleteItemCommand({
                TableName: table,
                Key: breakerKey(name),
                ConditionExpression: "openedAt = :openedAt",
                ExpressionAttributeValues: { ":openedAt": { S: toIso(openedAt) } },
              }),
            ),
          ),
        ),
        TE.asUnit,
      ),

    takeProbe: ({ name, openedAt }, now, nextProbeAt) =>
      shared(
        unlessLost(() =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: breakerKey(name),
              ConditionExpression: "openedAt = :openedAt AND probeAt <= :now",
              UpdateExpression: "SET probeAt = :next",
              ExpressionAttributeValues: {
                ":openedAt": { S: toIso(openedAt) },
                ":now": { S: toIso(now) },
                ":next": { S: toIso(nextProbeAt) },
              },
            }),
          ),
        ),
      ),

    tallyRetry: (result) =>
      pipe(
        shared(() =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: tallyKey,
              UpdateExpression: "ADD #result :one",
              ExpressionAttributeNames: { "#result": result },
              ExpressionAttributeValues: { ":one": { N: "1" } },
            }),
          ),
        ),
        TE.asUnit,
      ),

    readTally: shared(async () => toTally(await read(tallyKey))),

    beginMinute: (ceiling, started) =>
      pipe(
        shared(() =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: tallyKey,
              UpdateExpression: "SET ceiling = :ceiling, started = :started, delivered = :zero, postponed = :zero",
              ExpressionAttributeValues: {
                ":ceiling": { N: String(ceiling) },
                ":started": { N: String(started) },
                ":zero": { N: "0" },
              },
            }),
          ),
        ),
        TE.asUnit,
      ),
  };
};
