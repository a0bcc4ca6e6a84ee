import { randomUUID } from "node:crypto";
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { dueShards, type FailedChunk, failedObjectName, parkedAt, parkedChunkId } from "../domain/failed-chunk.ts";
import type { FailedEvent } from "../domain/failed-event.ts";
import { toIso } from "../domain/instant.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  ClaimFailedChunks,
  DueFailedChunks,
  FailedEventsUnavailable,
  FindFailedChunk,
  KeepFailedEvents,
  LoadFailedChunks,
  ParkFailedEvents,
  SettleFailedChunks,
} from "../ports/failed-events.ts";
import { describeError } from "./aws-error.ts";
import { readChunkItem, toChunkItem } from "./failed-chunk-item.ts";
import { failedObjects } from "./failed-objects.ts";
import { unlessLost } from "./unless-lost.ts";

export interface FailedEventsPlace {
  readonly bucket: string;
  readonly table: string;
}

export interface FailedEventsClients {
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
}

export type FailedEventsStore = ParkFailedEvents &
  KeepFailedEvents &
  ClaimFailedChunks &
  LoadFailedChunks &
  SettleFailedChunks &
  DueFailedChunks &
  FindFailedChunk;

const inTable = <A>(call: () => Promise<A>): TE.TaskEither<FailedEventsUnavailable, A> =>
  TE.tryCatch(call, (error) => ({
    _tag: "FailedEventsUnavailable",
    failure: "dynamodbUnavailable",
    reason: describeError(error).reason,
  }));

/** Failed chunks: an S3 object with the events, and one index item in the table `failed-events`. */
export const failedEventsStore = (
  { s3, dynamoDb }: FailedEventsClients,
  { bucket, table }: FailedEventsPlace,
  clock: Pick<Clock, "now">,
): FailedEventsStore => {
  const { write, read, remove } = failedObjects(s3, bucket);

  const keyOf = (chunkId: string) => ({ TableName: table, Key: { chunkId: { S: chunkId } } });

  const create = (
    given: Pick<FailedChunk, "chunkId" | "status" | "reason" | "dueAt" | "createdAt" | "isCanary">,
    events: ReadonlyArray<FailedEvent>,
  ) => {
    const { chunkId, createdAt } = given;
    const object = failedObjectName(chunkId, 0, createdAt);
    const chunk: FailedChunk = { ...given, attempt: 0, object, events: events.length };
    return pipe(
      write(object, events),
      TE.flatMap(() =>
        inTable(() => dynamoDb.send(new PutItemCommand({ TableName: table, Item: toChunkItem(chunk) }))),
      ),
      TE.map(() => ({ chunkId, attempt: 0 })),
    );
  };

  const find = (chunkId: string) =>
    inTable(async () => {
      const { Item } = await dynamoDb.send(new GetItemCommand({ ...keyOf(chunkId), ConsistentRead: true }));
      return Item === undefined ? undefined : readChunkItem(Item);
    });

  /** Writes on condition that the attempt is still ours; answers with the chunk as it was before. */
  const whileOurs = (chunkId: string, change: () => Promise<unknown>) =>
    pipe(
      find(chunkId),
      TE.bindTo("before"),
      TE.bind("isOurs", () => inTable(unlessLost(change))),
    );

  const dueIn = async (shard: number, now: number, most: number): Promise<ReadonlyArray<FailedChunk>> => {
    const { Items } = await dynamoDb.send(
      new QueryCommand({
        TableName: table,
        IndexName: "due",
        KeyConditionExpression: "dueShard = :shard AND dueAt <= :now",
        ExpressionAttributeValues: { ":shard": { S: `retrying#${shard}` }, ":now": { S: toIso(now) } },
        Limit: most,
      }),
    );
    return (Items ?? []).flatMap((item) => readChunkItem(item) ?? []);
  };

  return {
    park: (reason, events) =>
      pipe(
        create(
          { chunkId: parkedChunkId(reason, events), status: "parked", reason, isCanary: false, ...parkedAt(events) },
          events,
        ),
        TE.map(({ chunkId }) => chunkId),
      ),

    keepForRetry: (reason, events, dueAt, { isCanary } = { isCanary: false }) =>
      create({ chunkId: randomUUID(), status: "retrying", reason, dueAt, createdAt: clock.now(), isCanary }, events),

    findChunk: find,

    claimChunk: ({ chunkId, attempt }, leaseEnd) =>
      pipe(
        inTable(
          unlessLost(() =>
            dynamoDb.send(
              new UpdateItemCommand({
                ...keyOf(chunkId),
                ConditionExpression: "attempt = :attempt AND #status = :retrying",
                UpdateExpression: "SET attempt = :next, dueAt = :leaseEnd",
                ExpressionAttributeNames: { "#status": "status" },
                ExpressionAttributeValues: {
                  ":attempt": { N: String(attempt) },
                  ":next": { N: String(attempt + 1) },
                  ":retrying": { S: "retrying" },
                  ":leaseEnd": { S: toIso(leaseEnd) },
                },
              }),
            ),
          ),
        ),
        TE.map((isClaimed) => (isClaimed ? { chunkId, attempt: attempt + 1 } : undefined)),
      ),

    loadChunk: (chunkId) =>
      pipe(
        find(chunkId),
        TE.flatMap((chunk) =>
          chunk === undefined
            ? TE.right(undefined)
            : pipe(
                read(chunk.object),
                TE.map((events) => ({ chunk, events })),
              ),
        ),
      ),

    writeRemainder: ({ chunkId, attempt }, events) => {
      const object = failedObjectName(chunkId, attempt, clock.now());
      return pipe(
        write(object, events),
        TE.map(() => object),
      );
    },

    replaceChunk: ({ chunkId, attempt }, remainder) =>
      pipe(
        whileOurs(chunkId, () =>
          dynamoDb.send(
            new UpdateItemCommand({
              ...keyOf(chunkId),
              ConditionExpression: "attempt = :attempt AND #status = :retrying",
              UpdateExpression: "SET #object = :object, #events = :events, reason = :reason, dueAt = :dueAt",
              ExpressionAttributeNames: { "#status": "status", "#object": "object", "#events": "events" },
              ExpressionAttributeValues: {
                ":attempt": { N: String(attempt) },
                ":retrying": { S: "retrying" },
                ":object": { S: remainder.object },
                ":events": { N: String(remainder.events) },
                ":reason": { S: remainder.reason },
                ":dueAt": { S: toIso(remainder.dueAt) },
              },
            }),
          ),
        ),
        TE.flatMap(({ before, isOurs }) =>
          isOurs && before !== undefined && before.object !== remainder.object
            ? pipe(remove(before.object), TE.as(true))
            : TE.right(isOurs),
        ),
      ),

    deleteChunk: ({ chunkId, attempt }) =>
      pipe(
        whileOurs(chunkId, () =>
          dynamoDb.send(
            new DeleteItemCommand({
              ...keyOf(chunkId),
              ConditionExpression: "attempt = :attempt",
              ExpressionAttributeValues: { ":attempt": { N: String(attempt) } },
            }),
          ),
        ),
        TE.flatMap(({ before, isOurs }) =>
          isOurs && before !== undefined ? pipe(remove(before.object), TE.asUnit) : TE.right(undefined),
        ),
      ),

    findDueChunks: (now, most) =>
      inTable(async () => {
        const shards = Array.from({ length: dueShards }, (_, shard) => shard);
        const due = (await Promise.all(shards.map((shard) => dueIn(shard, now, most)))).flat();
        return due
          .toSorted((a, b) => a.dueAt - b.dueAt)
          .slice(0, most)
          .map(({ chunkId, attempt }) => ({ chunkId, attempt }));
      }),
  };
};
