import { randomUUID } from "node:crypto";
import { PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { dueShards, type FailedChunk, failedObjectName, parkedAt, parkedChunkId } from "../domain/failed-chunk.ts";
import type { FailedEvent } from "../domain/failed-event.ts";
import { toIso } from "../domain/instant.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  ClaimFailedChunks,
  DueFailedChunks,
  FindFailedChunk,
  KeepFailedEvents,
  LoadFailedChunks,
  MoveFailedChunks,
  ParkFailedEvents,
  SettleFailedChunks,
} from "../ports/failed-events.ts";
import { type FailedEventsClients, type FailedEventsPlace, failedChunkIndex, inTable } from "./failed-chunk-index.ts";
import { readChunkItem, toChunkItem } from "./failed-chunk-item.ts";
import { failedChunkMoves } from "./failed-chunk-moves.ts";
import { failedObjects } from "./failed-objects.ts";
import { unlessLost } from "./unless-lost.ts";

export type FailedEventsStore = ParkFailedEvents &
  KeepFailedEvents &
  ClaimFailedChunks &
  LoadFailedChunks &
  SettleFailedChunks &
  DueFailedChunks &
  FindFailedChunk &
  MoveFailedChunks;

/** Failed chunks: an S3 object with the events, and one index item in the table `failed-events`. */
export const failedEventsStore = (
  clients: FailedEventsClients,
  place: FailedEventsPlace,
  clock: Pick<Clock, "now">,
): FailedEventsStore => {
  const { dynamoDb } = clients;
  const { table } = place;
  const { write, read } = failedObjects(clients.s3, place.bucket);
  const { find } = failedChunkIndex(clients, place);

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
        // Ids are random, or follow from the events: a chunk that is there was written by an answer that got lost, and
        // may have moved on since.
        inTable(
          unlessLost(() =>
            dynamoDb.send(
              new PutItemCommand({
                TableName: table,
                Item: toChunkItem(chunk),
                ConditionExpression: "attribute_not_exists(chunkId)",
              }),
            ),
          ),
        ),
      ),
      TE.map(() => ({ chunkId, attempt: 0 })),
    );
  };

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
    ...failedChunkMoves(clients, place),

    park: (reason, events) =>
      pipe(
        create(
          { chunkId: parkedChunkId(reason, events), status: "parked", reason, isCanary: false, ...parkedAt(events) },
          events,
        ),
        TE.map(({ chunkId }) => chunkId),
      ),

    keepForRetry: (reason, events, dueAt, { isCanary = false, chunkId = randomUUID() } = {}) =>
      create({ chunkId, status: "retrying", reason, dueAt, createdAt: clock.now(), isCanary }, events),

    findChunk: find,

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
