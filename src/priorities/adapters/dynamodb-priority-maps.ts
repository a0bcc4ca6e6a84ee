import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import type { Item, Table } from "../../aws/adapters/dynamodb-batches.ts";
import { queryAll } from "../../aws/adapters/query-all.ts";
import { type Instant, parseInstant } from "../../time/instant.ts";
import type { Clock } from "../../time/ports.ts";
import type { PriorityMaps, PriorityVersions } from "../ports.ts";
import { decodePage, type MapPage, type PriorityMap } from "../priority-map.ts";
import { type Pointer, publishedKey } from "../priority-pointer.ts";

const PointerItem = t.type(
  {
    pointsTo: t.type({ S: t.string }),
    pages: t.type({ N: t.string }),
    queueCount: t.type({ N: t.string }),
    contentHash: t.type({ S: t.string }),
    publishedAt: t.type({ S: t.string }),
    checkedAt: t.type({ S: t.string }),
  },
  "PointerItem",
);

const PageItem = t.intersection(
  [t.type({ queues: t.type({ S: t.string }) }), t.partial({ leftOut: t.type({ S: t.string }) })],
  "PageItem",
);

/** A container asks at most this often whether a newer map was published. */
const revalidateAfter = 60_000;

const toPointer = (item: Item): Pointer => {
  const decoded = PointerItem.decode(item);
  if (E.isLeft(decoded)) throw new Error("the pointer to the published map is not readable");
  const { pointsTo, pages, queueCount, contentHash, publishedAt, checkedAt } = decoded.right;
  return {
    version: pointsTo.S,
    pages: Number(pages.N),
    queues: Number(queueCount.N),
    hash: contentHash.S,
    publishedAt: parseInstant(publishedAt.S) ?? 0,
    checkedAt: parseInstant(checkedAt.S) ?? 0,
  };
};

const toPage = (item: Item): MapPage => {
  const decoded = PageItem.decode(item);
  if (E.isLeft(decoded)) throw new Error("a page without queues");
  const { queues, leftOut } = decoded.right;
  const page = decodePage({ queues: queues.S, leftOut: leftOut?.S ?? "[]" });
  if (E.isLeft(page)) throw new Error(page.left);
  return page.right;
};

type Cached = { readonly map: PriorityMap | undefined; readonly at: Instant } | undefined;

const readPointer = async ({ dynamoDb, table }: Table): Promise<Pointer | undefined> => {
  const { Item: found } = await dynamoDb.send(
    new GetItemCommand({ TableName: table, Key: publishedKey, ConsistentRead: true }),
  );
  return found === undefined ? undefined : toPointer(found);
};

const readPages = async (table: Table, version: string): Promise<ReadonlyArray<MapPage>> => {
  const items = await queryAll(table, {
    KeyConditionExpression: "version = :version",
    ExpressionAttributeValues: { ":version": { S: version } },
    ConsistentRead: true,
  });
  return items.map(toPage);
};

/** Keeps what it has when the pages are fewer than the pointer says: half a map is worse than an old one. */
const readMap = async (table: Table, known: PriorityMap | undefined): Promise<PriorityMap | undefined> => {
  const pointer = await readPointer(table);
  if (pointer === undefined) return undefined;
  if (known?.version === pointer.version) return { ...known, checkedAt: pointer.checkedAt };
  const pages = await readPages(table, pointer.version);
  if (pages.length < pointer.pages) return known;
  const queues = new Map(pages.flatMap((page) => page.queues.map((queue) => [queue.id, queue] as const)));
  const leftOut = pages.flatMap((page) => page.leftOut);
  return { version: pointer.version, checkedAt: pointer.checkedAt, queues, leftOut };
};

/** The table `queue-priorities`: pages of versions, and the pointer to the published one. */
export const dynamodbPriorityMaps = (table: Table, { now }: Pick<Clock, "now">): PriorityMaps & PriorityVersions => {
  let cached: Cached;
  return {
    readPriorityMap: async () => {
      if (cached !== undefined && now() - cached.at < revalidateAfter) return E.right(cached.map);
      const read = await TE.tryCatch(() => readMap(table, cached?.map), unavailable("PriorityMapUnavailable"))();
      if (E.isRight(read)) cached = { map: read.right, at: now() };
      // While the table cannot be read, the map that is there serves on.
      return E.isLeft(read) && cached?.map !== undefined ? E.right(cached.map) : read;
    },
    readPointer: TE.tryCatch(() => readPointer(table), unavailable("PriorityMapUnavailable")),
    readPages: (version) => TE.tryCatch(() => readPages(table, version), unavailable("PriorityMapUnavailable")),
  };
};
