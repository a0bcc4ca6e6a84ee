import { randomUUID } from "node:crypto";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import {
  type ChunkRef,
  type FailedChunk,
  failedObjectName,
  isSameChunk,
  parkedAt,
  parkedChunkIds,
  shrunkObjectName,
} from "../../../src/failed/failed-chunk.ts";
import type { FailedEvent } from "../../../src/failed/failed-event.ts";
import type { FailedEventsStore, FailedEventsUnavailable } from "../../../src/failed/ports.ts";
import type { Clock } from "../../../src/time/ports.ts";

export interface MemoryFailedEvents extends FailedEventsStore {
  /** The index items, by chunk id. */
  readonly chunks: ReadonlyMap<string, FailedChunk>;
  readonly objects: ReadonlyMap<string, ReadonlyArray<FailedEvent>>;
}

/** Failed chunks in memory, for simulations; held to the contract of table and bucket. */
export const memoryFailedEvents = ({ now }: Pick<Clock, "now">): MemoryFailedEvents => {
  const chunks = new Map<string, FailedChunk>();
  const objects = new Map<string, ReadonlyArray<FailedEvent>>();

  type Given = Pick<FailedChunk, "chunkId" | "status" | "failure" | "dueAt" | "createdAt" | "isCanary">;
  /** False: something else lies under this id. */
  const create = (given: Given, events: ReadonlyArray<FailedEvent>): boolean => {
    const object = failedObjectName(given.chunkId, 0, given.createdAt);
    const chunk = chunks.get(given.chunkId);
    objects.set(object, events);
    if (chunk !== undefined) {
      return isSameChunk(chunk, given.status, events.length);
    }
    chunks.set(given.chunkId, { ...given, attempt: 0, object, events: events.length });
    return true;
  };

  const createUnder = (
    ids: ReadonlyArray<string>,
    given: Omit<Given, "chunkId">,
    events: ReadonlyArray<FailedEvent>,
  ): E.Either<FailedEventsUnavailable, ChunkRef> => {
    const chunkId = ids.find((id) => create({ ...given, chunkId: id }, events));
    return chunkId === undefined
      ? E.left({ _tag: "FailedEventsUnavailable", failure: "dynamodbUnavailable", reason: "no id is free" })
      : E.right({ chunkId, attempt: 0 });
  };

  /** The chunk while the attempt is still the one that it is at. */
  const ours = ({ chunkId, attempt }: ChunkRef): FailedChunk | undefined => {
    const chunk = chunks.get(chunkId);
    return chunk?.attempt === attempt ? chunk : undefined;
  };

  const move = (chunkId: string, from: FailedChunk["status"], to: Partial<FailedChunk>): boolean => {
    const chunk = chunks.get(chunkId);
    if (chunk?.status !== from) return false;
    chunks.set(chunkId, { ...chunk, ...to });
    return true;
  };

  return {
    chunks,
    objects,
    parkEvents: (failure, events, retried) =>
      pipe(
        TE.fromIOEither(() =>
          createUnder(
            parkedChunkIds(failure, events).filter((id) => id !== retried),
            { status: "parked", failure, isCanary: false, ...parkedAt(events) },
            events,
          ),
        ),
        TE.map(({ chunkId }) => chunkId),
      ),
    keepForRetry: (failure, events, dueAt, { isCanary = false, chunkId = randomUUID() } = {}) =>
      TE.fromIOEither(() =>
        createUnder([chunkId], { status: "retrying", failure, dueAt, createdAt: now(), isCanary }, events),
      ),
    findChunk: (chunkId) => TE.fromIO(() => chunks.get(chunkId)),
    claimChunk: (ref, leaseEnd) =>
      TE.fromIO(() => {
        const chunk = ours(ref);
        if (chunk === undefined || chunk.status !== "retrying") return undefined;
        chunks.set(ref.chunkId, { ...chunk, attempt: ref.attempt + 1, dueAt: leaseEnd });
        return { chunkId: ref.chunkId, attempt: ref.attempt + 1 };
      }),
    loadChunk: (chunkId) =>
      TE.fromIO(() => {
        const chunk = chunks.get(chunkId);
        return chunk === undefined ? undefined : { chunk, events: objects.get(chunk.object) ?? [] };
      }),
    shrinkChunk: (chunk, events) =>
      TE.fromIO(() => {
        const current = chunks.get(chunk.chunkId);
        if (current?.status !== "parked" || current.object !== chunk.object) return false;
        objects.delete(chunk.object);
        if (events.length === 0) chunks.delete(chunk.chunkId);
        else {
          const object = shrunkObjectName(chunk);
          objects.set(object, events);
          chunks.set(chunk.chunkId, { ...current, object, events: events.length, attempt: current.attempt + 1 });
        }
        return true;
      }),
    parkChunk: (chunkId, object) =>
      TE.fromIO(() => {
        const isOther = object !== undefined && chunks.get(chunkId)?.object !== object;
        return !isOther && move(chunkId, "retrying", { status: "parked" });
      }),
    unparkChunk: (chunkId, dueAt) =>
      TE.fromIO(() => {
        const attempt = (chunks.get(chunkId)?.attempt ?? 0) + 1;
        return move(chunkId, "parked", { status: "retrying", dueAt, attempt });
      }),
    replaceChunk: (loaded, { events, failure, dueAt, isParked }) =>
      TE.fromIO(() => {
        const chunk = ours(loaded);
        if (chunk === undefined) return false;
        const object = failedObjectName(loaded.chunkId, loaded.attempt, now());
        const status = isParked ? "parked" : chunk.status;
        objects.delete(chunk.object);
        objects.set(object, events);
        chunks.set(loaded.chunkId, { ...chunk, object, events: events.length, failure, dueAt, status });
        return true;
      }),
    deleteChunk: (loaded) =>
      TE.fromIO(() => {
        const chunk = ours(loaded);
        if (chunk === undefined) return false;
        chunks.delete(chunk.chunkId);
        objects.delete(chunk.object);
        return true;
      }),
    findDueChunks: (at, most) =>
      pipe(
        TE.fromIO(() => [...chunks.values()].filter(({ status, dueAt }) => status === "retrying" && dueAt <= at)),
        TE.map((due) =>
          due
            .toSorted((a, b) => a.dueAt - b.dueAt)
            .slice(0, most)
            .map(({ chunkId, attempt }) => ({ chunkId, attempt })),
        ),
      ),
  };
};
