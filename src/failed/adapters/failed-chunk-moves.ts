import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { both, change, deleteIf, updateIf } from "../../aws/adapters/conditional-write.ts";
import type { Table } from "../../aws/adapters/dynamodb-batches.ts";
import { type Instant, toIso } from "../../time/instant.ts";
import { type ChunkRef, dueShardOf, type FailedChunk, failedObjectName, shrunkObjectName } from "../failed-chunk.ts";
import type { FailedEvent } from "../failed-event.ts";
import type { ChunkRemainder } from "../ports.ts";
import {
  chunkKey,
  type FailedEventsPlace,
  inTable,
  isAtAttempt,
  isParked,
  isRetrying,
  stillHasObject,
} from "./failed-chunk-index.ts";
import { removeObject, writeObject } from "./failed-objects.ts";

/*
 * Conditional changes of a chunk: of two who have seen it in the same state, one can change it. An object is written before the index
 * item points to it, and removed after.
 */

const parked = { status: { S: "parked" } };

const contents = (object: string, events: ReadonlyArray<FailedEvent>) => ({
  object: { S: object },
  events: { N: String(events.length) },
});

export const claimChunk = (place: Table, { chunkId, attempt }: ChunkRef, leaseEnd: Instant) => {
  const next = { attempt: { N: String(attempt + 1) }, dueAt: { S: toIso(leaseEnd) } };
  return pipe(
    inTable(() =>
      updateIf(place, chunkKey(chunkId), both(isAtAttempt({ attempt }), isRetrying), change({ set: next })),
    ),
    TE.map((isClaimed) => (isClaimed ? { chunkId, attempt: attempt + 1 } : undefined)),
  );
};

export const parkChunk = (place: Table, chunkId: string, object?: string) => {
  const condition = object === undefined ? isRetrying : both(isRetrying, stillHasObject({ object }));
  return inTable(() => updateIf(place, chunkKey(chunkId), condition, change({ set: parked, remove: ["dueShard"] })));
};

export const unparkChunk = (place: Table, chunkId: string, dueAt: Instant) => {
  const due = { status: { S: "retrying" }, dueShard: { S: dueShardOf(chunkId) }, dueAt: { S: toIso(dueAt) } };
  return inTable(() => updateIf(place, chunkKey(chunkId), isParked, change({ set: due, add: { attempt: 1 } })));
};

const removeIf =
  (place: FailedEventsPlace, { object }: FailedChunk) =>
  (isOurs: boolean) =>
    isOurs ? removeObject(place, object) : TE.right(undefined);

export const shrinkChunk = (place: FailedEventsPlace, chunk: FailedChunk, events: ReadonlyArray<FailedEvent>) => {
  const isUnchanged = both(isParked, stillHasObject(chunk));
  const object = shrunkObjectName(chunk);
  const shrunk =
    events.length === 0
      ? inTable(() => deleteIf(place, chunkKey(chunk.chunkId), isUnchanged))
      : pipe(
          writeObject(place, object, events),
          TE.flatMap(() =>
            inTable(() =>
              updateIf(
                place,
                chunkKey(chunk.chunkId),
                isUnchanged,
                change({ set: contents(object, events), add: { attempt: 1 } }),
              ),
            ),
          ),
        );
  return pipe(shrunk, TE.tap(removeIf(place, chunk)));
};

export const replaceChunk = (
  place: FailedEventsPlace,
  chunk: FailedChunk,
  { events, failure, dueAt, isParked: isLast }: ChunkRemainder,
  now: Instant,
) => {
  const object = failedObjectName(chunk.chunkId, chunk.attempt, now);
  const left = { ...contents(object, events), reason: { S: failure }, dueAt: { S: toIso(dueAt) } };
  const replacement = isLast ? change({ set: { ...left, ...parked }, remove: ["dueShard"] }) : change({ set: left });
  return pipe(
    writeObject(place, object, events),
    TE.flatMap(() => inTable(() => updateIf(place, chunkKey(chunk.chunkId), isAtAttempt(chunk), replacement))),
    TE.tap((isOurs) => removeIf(place, chunk)(isOurs && chunk.object !== object)),
  );
};

export const deleteChunk = (place: FailedEventsPlace, chunk: FailedChunk) =>
  pipe(
    inTable(() => deleteIf(place, chunkKey(chunk.chunkId), isAtAttempt(chunk))),
    TE.tap(removeIf(place, chunk)),
  );
