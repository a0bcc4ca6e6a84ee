import { gunzipSync, gzipSync } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describeError, unavailable } from "../../aws/adapters/aws-error.ts";
import { parseJson } from "../../text/parse-json.ts";
import { FailedEvent } from "../failed-event.ts";
import type { FailedEventsUnavailable } from "../ports.ts";
import type { FailedEventsPlace } from "./failed-chunk-index.ts";

/** An object that S3 does not have, or that holds something else, stays so however often it is read. */
class UnreadableObject extends Error {}

const isUnreadable = (error: unknown): boolean =>
  error instanceof UnreadableObject || describeError(error).name === "NoSuchKey";

const inBucket = <A>(object: string, call: () => Promise<A>): TE.TaskEither<FailedEventsUnavailable, A> =>
  TE.tryCatch(call, (error) => ({
    ...unavailable("FailedEventsUnavailable")(error),
    failure: "s3Unavailable",
    ...(isUnreadable(error) ? { unreadableObject: object } : {}),
  }));

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

/** Objects of failed chunks are gzipped JSON lines, one FailedEvent each. */
export const writeObject = ({ s3, bucket }: FailedEventsPlace, object: string, events: ReadonlyArray<FailedEvent>) =>
  inBucket(object, () => s3.send(new PutObjectCommand({ Bucket: bucket, Key: object, Body: compress(events) })));

export const readObject = ({ s3, bucket }: FailedEventsPlace, object: string) =>
  inBucket(object, async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: object }));
    return Body === undefined ? [] : decompressOrThrow(await Body.transformToByteArray());
  });

/** The index item is what counts: an object that nothing points to any more is only in the way. */
export const removeObject = ({ s3, bucket }: FailedEventsPlace, object: string) =>
  TE.orElse(() => TE.right<FailedEventsUnavailable, unknown>(undefined))(
    inBucket<unknown>(object, () => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: object }))),
  );
