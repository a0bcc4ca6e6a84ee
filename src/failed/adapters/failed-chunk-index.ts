import { GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import * as TE from "fp-ts/lib/TaskEither.js";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { type Expression, equals, putIfNew } from "../../aws/adapters/conditional-write.ts";
import type { Item, Table } from "../../aws/adapters/dynamodb-batches.ts";
import { type Instant, toIso } from "../../time/instant.ts";
import { type ChunkRef, dueShards, type FailedChunk } from "../failed-chunk.ts";
import type { FailedEventsUnavailable } from "../ports.ts";
import { readChunkItem, toChunkItem } from "./failed-chunk-item.ts";

/** Where failed chunks lie: their events in a bucket, their index items in the table `failed-events`. */
export interface FailedEventsPlace extends Table {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** A call of the index; whatever goes wrong may pass. */
export const inTable = <A>(call: () => Promise<A>): TE.TaskEither<FailedEventsUnavailable, A> =>
  TE.tryCatch(call, (error) => ({
    ...unavailable("FailedEventsUnavailable")(error),
    failure: "dynamodbUnavailable",
  }));

export const chunkKey = (chunkId: string): Item => ({ chunkId: { S: chunkId } });

export const isRetrying: Expression = equals("status", { S: "retrying" });
export const isParked: Expression = equals("status", { S: "parked" });
export const isAtAttempt = ({ attempt }: Pick<ChunkRef, "attempt">): Expression =>
  equals("attempt", { N: String(attempt) });
export const stillHasObject = ({ object }: Pick<FailedChunk, "object">): Expression => equals("object", { S: object });

export const findChunk = ({ dynamoDb, table }: Table, chunkId: string) =>
  inTable(async () => {
    const { Item: found } = await dynamoDb.send(
      new GetItemCommand({ TableName: table, Key: chunkKey(chunkId), ConsistentRead: true }),
    );
    return found === undefined ? undefined : readChunkItem(found);
  });

/** False: something else lies under this id. */
export const createChunk = (place: Table, chunk: FailedChunk) =>
  inTable(() => putIfNew(place, toChunkItem(chunk), "chunkId"));

const dueIn = async ({ dynamoDb, table }: Table, shard: number, now: Instant, most: number) => {
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

export const findDueChunks = (place: Table, now: Instant, most: number) =>
  inTable(async (): Promise<ReadonlyArray<ChunkRef>> => {
    const shards = Array.from({ length: dueShards }, (_, shard) => shard);
    const due = (await Promise.all(shards.map((shard) => dueIn(place, shard, now, most)))).flat();
    return due
      .toSorted((a, b) => a.dueAt - b.dueAt)
      .slice(0, most)
      .map(({ chunkId, attempt }) => ({ chunkId, attempt }));
  });
