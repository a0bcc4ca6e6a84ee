import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";
import { parseJson } from "../text.ts";
import type { FrameBreaker } from "./frame.ts";

/* What the tables of a local cloud hold, as the live page needs it; read in the process, past all outages. */

const text = t.type({ S: t.string });
const count = t.type({ N: t.string });

const ChunkItem = t.intersection([
  t.type({ chunkId: text, status: text, reason: text, object: text, events: count, attempt: count, dueAt: text }),
  t.partial({ canary: t.type({ BOOL: t.boolean }) }),
]);
const BreakerItem = t.type({ chunkId: text, openedAt: text, reason: text, by: text });
const PointerItem = t.type({ pointsTo: text, queueCount: count, checkedAt: text });
const PageItem = t.type({ queues: text });
const MappedQueues = t.array(
  t.intersection([
    t.type({ id: t.string, name: t.string, priority: t.number }),
    t.partial({ maxEvents: t.number, perSeconds: t.number }),
  ]),
);

export type MappedQueue = t.TypeOf<typeof MappedQueues>[number];

export interface StoredChunk {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly object: string;
  readonly events: number;
  readonly attempt: number;
  readonly isCanary: boolean;
  readonly dueAt: number;
}

const breakerPrefix = "breaker#";

const toChunk = (item: t.TypeOf<typeof ChunkItem>): StoredChunk => ({
  id: item.chunkId.S,
  status: item.status.S,
  reason: item.reason.S,
  object: item.object.S,
  events: Number(item.events.N),
  attempt: Number(item.attempt.N),
  isCanary: item.canary?.BOOL === true,
  dueAt: Date.parse(item.dueAt.S),
});

const toBreaker = ({ chunkId, openedAt, reason, by }: t.TypeOf<typeof BreakerItem>): FrameBreaker => ({
  name: chunkId.S.slice(breakerPrefix.length),
  openedAt: Date.parse(openedAt.S),
  reason: reason.S,
  by: by.S,
});

/** The failed chunks and the open breakers, which lie in one table. */
export const readFailed = async ({ tables }: Cloud) => {
  const items = await tables.scan("failed-events");
  return {
    chunks: items.filter(ChunkItem.is).map(toChunk),
    breakers: items
      .filter(BreakerItem.is)
      .filter(({ chunkId }) => chunkId.S.startsWith(breakerPrefix))
      .map(toBreaker),
  };
};

/** What the pointer to the published map says; undefined while none was published. */
export const readPointer = async ({ tables }: Cloud) => {
  const answer = await tables.call("GetItem", {
    TableName: "queue-priorities",
    Key: { version: { S: "published" }, page: { N: "0" } },
  });
  if (!t.type({ Item: PointerItem }).is(answer)) return undefined;
  const { pointsTo, queueCount, checkedAt } = answer.Item;
  return { version: pointsTo.S, queues: Number(queueCount.N), checkedAt: Date.parse(checkedAt.S) };
};

/** The queues of a version of the map. */
export const readQueues = async ({ tables }: Cloud, version: string): Promise<ReadonlyArray<MappedQueue>> => {
  const answer = await tables.call("Query", {
    TableName: "queue-priorities",
    KeyConditionExpression: "version = :version",
    ExpressionAttributeValues: { ":version": { S: version } },
  });
  if (!t.type({ Items: t.array(t.unknown) }).is(answer)) return [];
  return answer.Items.filter(PageItem.is).flatMap(({ queues }) => {
    const mapped = parseJson(queues.S);
    return MappedQueues.is(mapped) ? mapped : [];
  });
};

const LogItem = t.type({ entries: t.type({ B: t.string }) });

/** The items of the admission log of a minute of event time (`2026-01-05T09:00`), as docs/admission.md lays them out. */
export const readMinute = async ({ tables }: Cloud, minute: string): Promise<ReadonlyArray<Buffer>> => {
  const answer = await tables.call("Query", {
    TableName: "admission-log",
    KeyConditionExpression: "#minute = :minute",
    ExpressionAttributeNames: { "#minute": "minute" },
    ExpressionAttributeValues: { ":minute": { S: minute } },
  });
  if (!t.type({ Items: t.array(t.unknown) }).is(answer)) return [];
  return answer.Items.filter(LogItem.is).map(({ entries }) => Buffer.from(entries.B, "base64"));
};
