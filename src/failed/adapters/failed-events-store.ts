import { randomUUID } from "node:crypto";
import { PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { unlessLost } from "../../aws/adapters/unless-lost.ts";
import { toIso } from "../../time/instant.ts";
import type { Clock } from "../../time/ports.ts";
import {
  type ChunkRef,
  dueShards,
  type FailedChunk,
  failedObjectName,
  isSameChunk,
  parkedAt,
  parkedChunkIds,
} from "../failed-chunk.ts";
import type { FailedEvent } from "../failed-event.ts";
import type {
  ClaimFailedChunks,
  DueFailedChunks,
  FailedEventsUnavailable,
  FindFailedChunk,
  KeepFailedEvents,
  LoadFailedChunks,
  MoveFailedChunks,
  ParkFailedEvents,
  SettleFailedChunks,
} from "../ports.ts";
import { type FailedEventsClients, type FailedEventsPlace, failedChunkIndex, inTable } from "./failed-chunk-index.ts";
import { readChunkItem, toChunkItem } from "./failed-chunk-item.ts";
import { failedChunkMoves } from "./failed-chunk-moves.ts";
import { failedObjects } from "./failed-objects.ts";

export type FailedEventsStore = ParkFailedEvents &
  KeepFailedEvents &
  ClaimFailedChunks &
  LoadFailedChunks &
  SettleFailedChunks &
  DueFailedChunks &
  FindFailedChunk &
  MoveFailedChunks;

type NewChunk = Pick<FailedChunk, "chunkId" | "status" | "reason" | "dueAt" | "createdAt" | "isCanary">;

const idsTaken: FailedEventsUnavailable = {
  _tag: "FailedEventsUnavailable",
  failure: "dynamodbUnavailable",
  reason: "other chunks lie under the ids that this one may have",
};

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

  /** False: something else lies under this id. */
  const create = (given: NewChunk, events: ReadonlyArray<FailedEvent>) => {
    const object = failedObjectName(given.chunkId, 0, given.createdAt);
    const chunk: FailedChunk = { ...given, attempt: 0, object, events: events.length };
    return pipe(
      write(object, events),
      TE.flatMap(() =>
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
      TE.flatMap((isNew) => (isNew ? TE.right(chunk) : find(given.chunkId))),
      TE.map((stored) => stored !== undefined && isSameChunk(stored, given.status, events.length)),
    );
  };

  /** Creates a chunk under the first id that is free, or that it has already. */
  const createUnder = (
    [chunkId, ...others]: ReadonlyArray<string>,
    given: Omit<NewChunk, "chunkId">,
    events: ReadonlyArray<FailedEvent>,
  ): TE.TaskEither<FailedEventsUnavailable, ChunkRef> =>
    chunkId === undefined
      ? TE.left(idsTaken)
      : pipe(
          create({ ...given, chunkId }, events),
          TE.flatMap((isOurs) => (isOurs ? TE.right({ chunkId, attempt: 0 }) : createUnder(others, given, events))),
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
    ...failedChunkMoves(clients, place),

    park: (reason, events, retried) =>
      pipe(
        createUnder(
          parkedChunkIds(reason, events).filter((id) => id !== retried),
          { status: "parked", reason, isCanary: false, ...parkedAt(events) },
          events,
        ),
        TE.map(({ chunkId }) => chunkId),
      ),

    keepForRetry: (reason, events, dueAt, { isCanary = false, chunkId = randomUUID() } = {}) =>
      createUnder([chunkId], { status: "retrying", reason, dueAt, createdAt: clock.now(), isCanary }, events),

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
