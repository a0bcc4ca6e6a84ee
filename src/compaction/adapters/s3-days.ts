import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { eventTypes, queueEntry } from "../../event/event-type.ts";
import { parseJson } from "../../text/parse-json.ts";
import { type Instant, parseInstant } from "../../time/instant.ts";
import { datePath } from "../../transform/partition-keys.ts";
import type { CompactedDay, StoredDays } from "../ports.ts";

/** What compact-events writes when a version of a day's Parquet is whole. */
const Marker = t.type(
  { dt: t.string, version: t.string, objects: t.string, namedAt: t.string, publishedAt: t.string },
  "Marker",
);

const markers = "compacted/days/";

/** Markers that are read at once. */
const atOnce = 20;

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

/** As SQL reads it. */
const isoInstant = (text: string): Instant | undefined => (text.includes("T") ? parseInstant(text) : undefined);

/**
 * What the views cannot read is as if it were not there: the day's lines are read, and it is compacted anew. They read a line
 * at a time; to take more than they do would hide the lines of a day whose Parquet nobody reads.
 */
const decodeMarker = (text: string): ReadonlyArray<CompactedDay> => {
  const marker = parseJson(text);
  if (!Marker.is(marker) || /[\r\n]/.test(text.trimEnd())) return [];
  const [namedAt, publishedAt] = [isoInstant(marker.namedAt), isoInstant(marker.publishedAt)];
  if (namedAt === undefined || publishedAt === undefined) return [];
  return [{ dt: marker.dt, objects: marker.objects, namedAt, publishedAt }];
};

const readMarker = async (s3: S3Client, bucket: string, key: string): Promise<ReadonlyArray<CompactedDay>> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return decodeMarker((await Body?.transformToString()) ?? "");
  } catch (error) {
    if (error instanceof NoSuchKey) return [];
    throw error;
  }
};

const listCompacted = async (s3: S3Client, bucket: string): Promise<ReadonlyArray<CompactedDay>> => {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: markers }))
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  const days: CompactedDay[] = [];
  for (let at = 0; at < keys.length; at += atOnce) {
    const read = await Promise.all(keys.slice(at, at + atOnce).map((key) => readMarker(s3, bucket, key)));
    days.push(...read.flat());
  }
  return days;
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

/** Dates of a bucket, by listings of their lines and the markers of their Parquet. */
export const s3Days = (s3: S3Client, bucket: string): StoredDays => ({
  listDays: TE.tryCatch(() => listDays(s3, bucket), unavailable("DaysUnavailable")),
  listCompacted: TE.tryCatch(() => listCompacted(s3, bucket), unavailable("DaysUnavailable")),
  readObjects: (dt) => TE.tryCatch(() => describeObjects(s3, bucket, dt), unavailable("DaysUnavailable")),
});
