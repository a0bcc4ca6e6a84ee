import { hash, randomUUID } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { dueShards, type FailedChunk, failedObjectName } from "../domain/failed-chunk.ts";
import { FailedEvent } from "../domain/failed-event.ts";
import { toIso } from "../domain/instant.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  ClaimFailedChunks,
  DueFailedChunks,
  FailedEventsUnavailable,
  KeepFailedEvents,
  LoadFailedChunks,
  ParkFailedEvents,
  SettleFailedChunks,
} from "../ports/failed-events.ts";
import { describeError } from "./aws-error.ts";
import { readChunkItem, toChunkItem } from "./failed-chunk-item.ts";

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
  DueFailedChunks;

const unavailable =
  (failure: FailedEventsUnavailable["failure"]) =>
  (error: unknown): FailedEventsUnavailable => ({
    _tag: "FailedEventsUnavailable",
    failure,
    reason: describeError(error).reason,
  });

const inS3 = <A>(call: () => Promise<A>) => TE.tryCatch(call, unavailable("s3Unavailable"));
const inTable = <A>(call: () => Promise<A>) => TE.tryCatch(call, unavailable("dynamodbUnavailable"));

const compress = (events: ReadonlyArray<FailedEvent>): Buffer =>
  gzipSync(events.map((event) => `${JSON.stringify(event)}\n`).join(""));

const decompress = (object: Uint8Array): ReadonlyArray<FailedEvent> =>
  gunzipSync(object)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const decoded = FailedEvent.decode(JSON.parse(line));
      if (E.isRight(decoded)) return decoded.right;
      throw new Error("a line of a failed chunk is not a FailedEvent");
    });

/** The same for the same messages: parked again after a crash, they are still parked once. */
const parkedChunkId = (reason: string, events: ReadonlyArray<FailedEvent>): string =>
  hash("sha256", [reason, ...events.map(({ messageId }) => messageId).toSorted()].join("\n"), "hex").slice(0, 32);

const parkedAt = ([first]: ReadonlyArray<FailedEvent>) => {
  const receivedAt = first?.receivedAt ?? 0;
  return { createdAt: receivedAt, dueAt: receivedAt };
};

/** A conditional write answers false instead of failing when the condition does not hold. */
const unlessLost = (call: () => Promise<unknown>) => async (): Promise<boolean> => {
  try {
    await call();
    return true;
  } catch (error) {
    if (describeError(error).name === "ConditionalCheckFailedException") return false;
    throw error;
  }
};

/** Failed chunks: an S3 object with the events, and one index item in the table `failed-events`. */
export const failedEventsStore = (
  { s3, dynamoDb }: FailedEventsClients,
  { bucket, table }: FailedEventsPlace,
  clock: Pick<Clock, "now">,
): FailedEventsStore => {
  const write = (object: string, events: ReadonlyArray<FailedEvent>) =>
    inS3(() => s3.send(new PutObjectCommand({ Bucket: bucket, Key: object, Body: compress(events) })));

  const read = async (object: string): Promise<ReadonlyArray<FailedEvent>> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: object }));
    return Body === undefined ? [] : decompress(await Body.transformToByteArray());
  };

  const remove = (object: string) => inS3(() => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: object })));

  const keyOf = (chunkId: string) => ({ TableName: table, Key: { chunkId: { S: chunkId } } });

  const create = (
    given: Pick<FailedChunk, "chunkId" | "status" | "reason" | "dueAt" | "createdAt">,
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
        create({ chunkId: parkedChunkId(reason, events), status: "parked", reason, ...parkedAt(events) }, events),
        TE.map(({ chunkId }) => chunkId),
      ),

    keepForRetry: (reason, events, dueAt) =>
      create({ chunkId: randomUUID(), status: "retrying", reason, dueAt, createdAt: clock.now() }, events),

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
                inS3(() => read(chunk.object)),
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
        find(chunkId),
        TE.bindTo("before"),
        TE.bind("isOurs", () =>
          inTable(
            unlessLost(() =>
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
        find(chunkId),
        TE.bindTo("before"),
        TE.bind("isOurs", () =>
          inTable(
            unlessLost(() =>
              dynamoDb.send(
                new DeleteItemCommand({
                  ...keyOf(chunkId),
                  ConditionExpression: "attempt = :attempt",
                  ExpressionAttributeValues: { ":attempt": { N: String(attempt) } },
                }),
              ),
            ),
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
