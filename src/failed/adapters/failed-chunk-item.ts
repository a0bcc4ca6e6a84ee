import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import type { Item } from "../../aws/adapters/dynamodb-batches.ts";
import { failureClasses } from "../../event/failure.ts";
import { parseInstant, toIso } from "../../time/instant.ts";
import { dueShardOf, type FailedChunk } from "../failed-chunk.ts";

const text = t.type({ S: t.string });
const count = t.type({ N: t.string });

const ChunkItem = t.intersection(
  [
    t.type({
      chunkId: text,
      attempt: count,
      status: text,
      reason: text,
      object: text,
      events: count,
      createdAt: text,
      dueAt: text,
    }),
    t.partial({ canary: t.type({ BOOL: t.boolean }) }),
  ],
  "ChunkItem",
);

/** Only a chunk that is being retried stands in the index of due chunks. */
export const toChunkItem = (chunk: FailedChunk): Item => ({
  chunkId: { S: chunk.chunkId },
  attempt: { N: String(chunk.attempt) },
  status: { S: chunk.status },
  reason: { S: chunk.failure },
  object: { S: chunk.object },
  events: { N: String(chunk.events) },
  createdAt: { S: toIso(chunk.createdAt) },
  dueAt: { S: toIso(chunk.dueAt) },
  ...(chunk.isCanary ? { canary: { BOOL: true } } : {}),
  ...(chunk.status === "retrying" ? { dueShard: { S: dueShardOf(chunk.chunkId) } } : {}),
});

/** Undefined for an item of another kind. */
export const readChunkItem = (item: Item): FailedChunk | undefined => {
  const decoded = ChunkItem.decode(item);
  if (E.isLeft(decoded)) return undefined;
  const { chunkId, attempt, status, reason, object, events, createdAt, dueAt, canary } = decoded.right;
  return {
    chunkId: chunkId.S,
    attempt: Number(attempt.N),
    status: status.S === "parked" ? "parked" : "retrying",
    failure: failureClasses.find((known) => known === reason.S) ?? "unknown",
    object: object.S,
    events: Number(events.N),
    createdAt: parseInstant(createdAt.S) ?? 0,
    isCanary: canary?.BOOL === true,
    dueAt: parseInstant(dueAt.S) ?? 0,
  };
};
