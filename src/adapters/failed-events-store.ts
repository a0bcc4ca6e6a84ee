import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type FailedChunk, type FailedEvent, failedObjectName } from "../domain/failed-event.ts";
import { toIso } from "../domain/instant.ts";
import type { Clock } from "../ports/clock.ts";
import type { FailedEvents, FailedEventsUnavailable } from "../ports/failed-events.ts";
import { describeError } from "./aws-error.ts";
import type { Item } from "./dynamodb-batches.ts";

export interface FailedEventsPlace {
  readonly bucket: string;
  readonly table: string;
}

const unavailable =
  (failure: FailedEventsUnavailable["failure"]) =>
  (error: unknown): FailedEventsUnavailable => ({
    _tag: "FailedEventsUnavailable",
    failure,
    reason: describeError(error).reason,
  });

const itemOf = (chunk: FailedChunk): Item => ({
  chunkId: { S: chunk.chunkId },
  status: { S: chunk.status },
  reason: { S: chunk.reason },
  object: { S: chunk.object },
  events: { N: String(chunk.events) },
  createdAt: { S: toIso(chunk.createdAt) },
});

const compress = (events: ReadonlyArray<FailedEvent>): Buffer =>
  gzipSync(events.map((event) => `${JSON.stringify(event)}\n`).join(""));

/** Failed chunks: an S3 object with the events, and one index item in `failed-events`, in this order. */
export const failedEventsStore = (
  clients: { readonly s3: S3Client; readonly dynamoDb: DynamoDBClient },
  place: FailedEventsPlace,
  clock: Clock,
): FailedEvents => ({
  park: (reason, events) => {
    const createdAt = clock.now();
    const chunkId = randomUUID();
    const object = failedObjectName(chunkId, createdAt);
    const chunk: FailedChunk = { chunkId, status: "parked", reason, object, events: events.length, createdAt };
    return pipe(
      TE.tryCatch(
        () => clients.s3.send(new PutObjectCommand({ Bucket: place.bucket, Key: object, Body: compress(events) })),
        unavailable("s3Unavailable"),
      ),
      TE.flatMap(() =>
        TE.tryCatch(
          () => clients.dynamoDb.send(new PutItemCommand({ TableName: place.table, Item: itemOf(chunk) })),
          unavailable("dynamodbUnavailable"),
        ),
      ),
      TE.map(() => chunkId),
    );
  },
});
