import { type DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import type { Item } from "../../aws/adapters/dynamodb-batches.ts";
import { parseInstant } from "../../time/instant.ts";
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

/** The table `queue-priorities`: pages of versions, and the pointer to the published one. */
export const dynamodbPriorityMaps = (
  client: DynamoDBClient,
  table: string,
  clock: Pick<Clock, "now">,
): PriorityMaps & PriorityVersions => {
  let cached: { readonly map: PriorityMap | undefined; readonly at: number } | undefined;

  const readPointer = async (): Promise<Pointer | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: publishedKey, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : toPointer(Item);
  };

  const readPages = async (version: string): Promise<ReadonlyArray<MapPage>> => {
    const pages: MapPage[] = [];
    let start: Item | undefined;
    do {
      const { Items, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "version = :version",
          ExpressionAttributeValues: { ":version": { S: version } },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      pages.push(...(Items ?? []).map(toPage));
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return pages;
  };

  /** Keeps what it has when the pages are fewer than the pointer says: half a map is worse than an old one. */
  const load = async (): Promise<PriorityMap | undefined> => {
    const pointer = await readPointer();
    if (pointer === undefined) return undefined;
    if (cached?.map?.version === pointer.version) return { ...cached.map, checkedAt: pointer.checkedAt };
    const pages = await readPages(pointer.version);
    if (pages.length < pointer.pages) return cached?.map;
    const queues = new Map(pages.flatMap((page) => page.queues.map((queue) => [queue.id, queue] as const)));
    const leftOut = pages.flatMap((page) => page.leftOut);
    return { version: pointer.version, checkedAt: pointer.checkedAt, queues, leftOut };
  };

  return {
    readPriorityMap: async () => {
      if (cached !== undefined && clock.now() - cached.at < revalidateAfter) return E.right(cached.map);
      const loaded = await TE.tryCatch(load, unavailable("PriorityMapUnavailable"))();
      if (E.isRight(loaded)) cached = { map: loaded.right, at: clock.now() };
      // While the table cannot be read, the map that is there serves on.
      return E.isLeft(loaded) && cached?.map !== undefined ? E.right(cached.map) : loaded;
    },
    readPointer: TE.tryCatch(readPointer, unavailable("PriorityMapUnavailable")),
    readPages: (version) => TE.tryCatch(() => readPages(version), unavailable("PriorityMapUnavailable")),
  };
};
