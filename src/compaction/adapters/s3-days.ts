import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { eventTypes, queueEntry } from "../../event/event-type.ts";
import { parseJson } from "../../text/parse-json.ts";
import { datePath } from "../../transform/partition-keys.ts";
import type { CompactedDay, StoredDays } from "../ports.ts";

/** What compact-events writes when a version of a day's Parquet is whole; the views follow the one published last. */
const Marker = t.type({ version: t.string, objects: t.string, publishedAt: t.string }, "Marker");
type Marker = t.TypeOf<typeof Marker>;

const markers = "compacted/days/";
const markersOf = (dt: string): string => `${markers}${dt}.`;

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

const readMarker = async (s3: S3Client, bucket: string, key: string): Promise<ReadonlyArray<Marker>> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const marker = parseJson((await Body?.transformToString()) ?? "");
    return Marker.is(marker) ? [marker] : [];
  } catch (error) {
    if (error instanceof NoSuchKey) return [];
    throw error;
  }
};

const orderOf = ({ publishedAt, version }: Marker): string => publishedAt + version;

/** What cannot be read is as if it were not there: the day is compacted anew, and has a right marker then. */
const newestMarker = async (s3: S3Client, bucket: string, dt: string): Promise<Marker | undefined> => {
  const found: Marker[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: markersOf(dt) });
  for await (const { Contents = [] } of pages) {
    for (const { Key = "" } of Contents) found.push(...(await readMarker(s3, bucket, Key)));
  }
  return found.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)).at(-1);
};

const roots: ReadonlyArray<string> = [...eventTypes.map((type) => `type=${type}/`), `excess=${queueEntry}/`];

const dateIn = (prefix: string): ReadonlyArray<string> => /dt=(\d{4}-\d\d-\d\d)\/$/.exec(prefix)?.slice(1) ?? [];

const listDays = async (s3: S3Client, bucket: string): Promise<ReadonlyArray<string>> => {
  const days = new Set<string>();
  for (const Prefix of roots) {
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix, Delimiter: "/" });
    for await (const { CommonPrefixes = [] } of pages) {
      for (const each of CommonPrefixes) for (const dt of dateIn(each.Prefix ?? "")) days.add(dt);
    }
  }
  return [...days];
};

/** By their markers' names and times, without a look into each. */
const listCompacted = async (s3: S3Client, bucket: string): Promise<ReadonlyArray<CompactedDay>> => {
  const days: CompactedDay[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: markers })) {
    for (const { Key = "", LastModified } of Contents) {
      const [dt = ""] = Key.slice(markers.length).split(".");
      if (LastModified !== undefined) days.push({ dt, publishedAt: LastModified.getTime() });
    }
  }
  return days;
};

/** Dates of a bucket, by listings of their lines and the markers of their Parquet. */
export const s3Days = (s3: S3Client, bucket: string): StoredDays => ({
  listDays: TE.tryCatch(() => listDays(s3, bucket), unavailable("DaysUnavailable")),
  listCompacted: TE.tryCatch(() => listCompacted(s3, bucket), unavailable("DaysUnavailable")),
  readDay: (dt) =>
    TE.tryCatch(
      async () => ({
        objects: await describeObjects(s3, bucket, dt),
        compacted: (await newestMarker(s3, bucket, dt))?.objects,
      }),
      unavailable("DaysUnavailable"),
    ),
});
