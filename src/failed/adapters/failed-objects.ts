import { gunzipSync, gzipSync } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describeError } from "../../aws/adapters/aws-error.ts";
import { parseJson } from "../../text/parse-json.ts";
import { FailedEvent } from "../failed-event.ts";
import type { FailedEventsUnavailable } from "../ports.ts";

/** An object that S3 does not have, or that holds something else, stays so however often it is read. */
class UnreadableObject extends Error {}

const isUnreadable = (error: unknown): boolean =>
  error instanceof UnreadableObject || describeError(error).name === "NoSuchKey";

const unavailable = (error: unknown): FailedEventsUnavailable => ({
  _tag: "FailedEventsUnavailable",
  failure: "s3Unavailable",
  ...(isUnreadable(error) ? { isUnreadable: true } : {}),
  reason: describeError(error).reason,
});

const compress = (events: ReadonlyArray<FailedEvent>): Buffer =>
  gzipSync(events.map((event) => `${JSON.stringify(event)}\n`).join(""));

const decompress = (object: Uint8Array): ReadonlyArray<FailedEvent> =>
  gunzipSync(object)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const decoded = FailedEvent.decode(parseJson(line));
      if (E.isRight(decoded)) return decoded.right;
      throw new UnreadableObject("a line of a failed chunk is not a FailedEvent");
    });

const decompressOrThrow = (object: Uint8Array): ReadonlyArray<FailedEvent> => {
  try {
    return decompress(object);
  } catch (error) {
    throw new UnreadableObject(describeError(error).reason);
  }
};

/** The objects of failed chunks: gzipped JSON lines, one FailedEvent each. */
export const failedObjects = (s3: S3Client, bucket: string) => ({
  write: (object: string, events: ReadonlyArray<FailedEvent>) =>
    TE.tryCatch(
      () => s3.send(new PutObjectCommand({ Bucket: bucket, Key: object, Body: compress(events) })),
      unavailable,
    ),
  read: (object: string) =>
    TE.tryCatch(async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: object }));
      return Body === undefined ? [] : decompressOrThrow(await Body.transformToByteArray());
    }, unavailable),
  remove: (object: string) =>
    TE.tryCatch(() => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: object })), unavailable),
});
