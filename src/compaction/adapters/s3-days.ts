import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { eventTypes, queueEntry } from "../../event/event-type.ts";
import { parseJson } from "../../text/parse-json.ts";
import { datePath } from "../../transform/partition-keys.ts";
import type { StoredDays } from "../ports.ts";

/** What compact-events writes when a version of a day's Parquet is whole; the views follow the one published last. */
const CompactedDay = t.type({ version: t.string, objects: t.string, publishedAt: t.string }, "CompactedDay");
type CompactedDay = t.TypeOf<typeof CompactedDay>;

const markersOf = (dt: string): string => `compacted/days/${dt}.`;

/** Below these lie the lines of a date, of all its shards. */
const prefixesOf = (dt: string): ReadonlyArray<string> =>
  [...eventTypes.map((type) => ({ root: "type", type, dt })), { root: "excess", type: queueEntry, dt }].map(datePath);

interface Counted {
  objects: number;
  bytes: number;
}

const countUnder = async (s3: S3Client, bucket: string, prefix: string, counted: Counted): Promise<void> => {
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Size = 0 } of Contents) {
      counted.objects += 1;
      counted.bytes += Size;
    }
  }
};

const describeObjects = async (s3: S3Client, bucket: string, dt: string): Promise<string> => {
  const counted: Counted = { objects: 0, bytes: 0 };
  for (const prefix of prefixesOf(dt)) await countUnder(s3, bucket, prefix, counted);
  const { objects, bytes } = counted;
  return objects === 0 ? "" : `${objects} objects, ${bytes} bytes`;
};

const readMarker = async (s3: S3Client, bucket: string, key: string): Promise<ReadonlyArray<CompactedDay>> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const marker = parseJson((await Body?.transformToString()) ?? "");
    return CompactedDay.is(marker) ? [marker] : [];
  } catch (error) {
    if (error instanceof NoSuchKey) return [];
    throw error;
  }
};

const orderOf = ({ publishedAt, version }: CompactedDay): string => publishedAt + version;

/** What cannot be read is as if it were not there: the day is compacted anew, and has a right marker then. */
const newestMarker = async (s3: S3Client, bucket: string, dt: string): Promise<CompactedDay | undefined> => {
  const markers: CompactedDay[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: markersOf(dt) });
  for await (const { Contents = [] } of pages) {
    for (const { Key = "" } of Contents) markers.push(...(await readMarker(s3, bucket, Key)));
  }
  return markers.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)).at(-1);
};

/** Dates of a bucket, by listings of their lines and the marker of their Parquet. */
export const s3Days = (s3: S3Client, bucket: string): StoredDays => ({
  readDay: (dt) =>
    TE.tryCatch(
      async () => ({
        objects: await describeObjects(s3, bucket, dt),
        compacted: (await newestMarker(s3, bucket, dt))?.objects,
      }),
      unavailable("DaysUnavailable"),
    ),
});
