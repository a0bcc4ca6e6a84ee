import { randomUUID } from "node:crypto";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { FailureClass } from "../../event/failure.ts";
import type { Clock } from "../../time/ports.ts";
import {
  type ChunkRef,
  type FailedChunk,
  failedObjectName,
  isSameChunk,
  parkedAt,
  parkedChunkIds,
} from "../failed-chunk.ts";
import type { FailedEvent } from "../failed-event.ts";
import type { FailedEventsStore, FailedEventsUnavailable } from "../ports.ts";
import { createChunk, type FailedEventsPlace, findChunk, findDueChunks } from "./failed-chunk-index.ts";
import { claimChunk, deleteChunk, parkChunk, replaceChunk, shrinkChunk, unparkChunk } from "./failed-chunk-moves.ts";
import { readObject, writeObject } from "./failed-objects.ts";

type NewChunk = Pick<FailedChunk, "chunkId" | "status" | "failure" | "dueAt" | "createdAt" | "isCanary">;

const idsTaken: FailedEventsUnavailable = {
  _tag: "FailedEventsUnavailable",
  failure: "dynamodbUnavailable",
  reason: "other chunks lie under the ids that this one may have",
};

/** Object first, then the index item. False: something else lies under this id. */
const create = (place: FailedEventsPlace, given: NewChunk, events: ReadonlyArray<FailedEvent>) => {
  const object = failedObjectName(given.chunkId, 0, given.createdAt);
  const chunk: FailedChunk = { ...given, attempt: 0, object, events: events.length };
  return pipe(
    writeObject(place, object, events),
    TE.flatMap(() => createChunk(place, chunk)),
    TE.flatMap((isNew) => (isNew ? TE.right(chunk) : findChunk(place, given.chunkId))),
    TE.map((stored) => stored !== undefined && isSameChunk(stored, given.status, events.length)),
  );
};

/** Creates a chunk under the first id that is free, or that it has already. */
const createUnder = (
  place: FailedEventsPlace,
  [chunkId, ...others]: ReadonlyArray<string>,
  given: Omit<NewChunk, "chunkId">,
  events: ReadonlyArray<FailedEvent>,
): TE.TaskEither<FailedEventsUnavailable, ChunkRef> =>
  chunkId === undefined
    ? TE.left(idsTaken)
    : pipe(
        create(place, { ...given, chunkId }, events),
        TE.flatMap((isOurs) =>
          isOurs ? TE.right({ chunkId, attempt: 0 }) : createUnder(place, others, given, events),
        ),
      );

const parkEvents = (
  place: FailedEventsPlace,
  failure: FailureClass,
  events: ReadonlyArray<FailedEvent>,
  retried?: string,
) => {
  const ids = parkedChunkIds(failure, events).filter((id) => id !== retried);
  const given = { status: "parked", failure, isCanary: false, ...parkedAt(events) } as const;
  return pipe(
    createUnder(place, ids, given, events),
    TE.map(({ chunkId }) => chunkId),
  );
};

const loadChunk = (place: FailedEventsPlace, chunkId: string) =>
  pipe(
    findChunk(place, chunkId),
    TE.flatMap((chunk) =>
      chunk === undefined
        ? TE.right(undefined)
        : pipe(
            readObject(place, chunk.object),
            TE.map((events) => ({ chunk, events })),
          ),
    ),
  );

/** Failed chunks: an S3 object with the events, and one index item in the table `failed-events`. */
export const failedEventsStore = (place: FailedEventsPlace, { now }: Pick<Clock, "now">): FailedEventsStore => ({
  parkEvents: (failure, events, retried) => parkEvents(place, failure, events, retried),
  keepForRetry: (failure, events, dueAt, { isCanary = false, chunkId = randomUUID() } = {}) =>
    createUnder(place, [chunkId], { status: "retrying", failure, dueAt, createdAt: now(), isCanary }, events),
  claimChunk: (ref, leaseEnd) => claimChunk(place, ref, leaseEnd),
  loadChunk: (chunkId) => loadChunk(place, chunkId),
  parkChunk: (chunkId, object) => parkChunk(place, chunkId, object),
  shrinkChunk: (chunk, events) => shrinkChunk(place, chunk, events),
  unparkChunk: (chunkId, dueAt) => unparkChunk(place, chunkId, dueAt),
  replaceChunk: (chunk, remainder) => replaceChunk(place, chunk, remainder, now()),
  deleteChunk: (chunk) => deleteChunk(place, chunk),
  findChunk: (chunkId) => findChunk(place, chunkId),
  findDueChunks: (at, most) => findDueChunks(place, at, most),
});
