import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";

const Chunk = t.type({
  chunkId: t.type({ S: t.string }),
  status: t.type({ S: t.string }),
  events: t.type({ N: t.string }),
});
const Breaker = t.type({ chunkId: t.type({ S: t.string }), openedAt: t.type({ S: t.string }) });
const Pointer = t.type({ checkedAt: t.type({ S: t.string }) });

/** Requests a minute that Genesys allows a token. */
const allowedPerMinute = 300;

const sumOf = (chunks: ReadonlyArray<t.TypeOf<typeof Chunk>>, status: string): number =>
  chunks.filter((chunk) => chunk.status.S === status).reduce((sum, { events }) => sum + Number(events.N), 0);

/** The state of a local cloud at one moment, for people: counts since the start, and what is where now. */
export const takeSnapshot = async (cloud: Cloud) => {
  const items = await cloud.tables.scan("failed-events");
  const chunks = items.filter(Chunk.is);
  const pointer = await cloud.tables.call("GetItem", {
    TableName: "queue-priorities",
    Key: { version: { S: "published" }, page: { N: "0" } },
  });
  const found = t.type({ Item: Pointer }).is(pointer) ? Date.parse(pointer.Item.checkedAt.S) : null;
  return {
    at: cloud.clock.now(),
    received: cloud.mapping.buffer.accepted.size,
    counts: Object.fromEntries(cloud.metrics.all()),
    backlog: cloud.mapping.buffer.heldCount(),
    processing: cloud.mapping.load(),
    isFlowing: cloud.mapping.enabled,
    inStream: [...cloud.streams.values()].reduce((sum, stream) => sum + stream.heldCount(), 0),
    retrying: sumOf(chunks, "retrying"),
    parked: sumOf(chunks, "parked"),
    breakers: items.filter(Breaker.is).map(({ chunkId }) => chunkId.S.replace("breaker#", "")),
    genesys: {
      minute: cloud.genesys.requestsSince(cloud.clock.now() - 60_000),
      allowed: allowedPerMinute,
      rateLimited: cloud.genesys.counts.rateLimited,
    },
    mapCheckedAt: found,
  };
};

export type Snapshot = Awaited<ReturnType<typeof takeSnapshot>>;
