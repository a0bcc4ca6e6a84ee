import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import * as TE from "fp-ts/lib/TaskEither.js";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import type { ErrorObjects } from "../ports.ts";

/** Firehose's error prefix (infra/delivery.ts); `floodgate failed import` empties it. */
export const errorPrefix = "errors/";

/** Looks for the first object under the stream's error prefix. */
export const s3ErrorObjects = (s3: S3Client, bucket: string): ErrorObjects => ({
  hasErrorObjects: TE.tryCatch(async () => {
    const found = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: errorPrefix, MaxKeys: 1 }));
    return (found.Contents ?? []).length > 0;
  }, unavailable("ErrorObjectsUnavailable")),
});
