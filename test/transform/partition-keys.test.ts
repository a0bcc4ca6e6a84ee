import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventTypes } from "../../src/event/event-type.ts";
import { day, toDate } from "../../src/time/instant.ts";
import {
  activePartitions,
  deliveredPrefixes,
  maximumActivePartitions,
  type Partitioned,
  partitioner,
  partitionPath,
} from "../../src/transform/partition-keys.ts";
import { many } from "../support/setup/many.ts";

const now = Date.UTC(2026, 0, 5, 9);
const partitionKeysOf = (event: Partitioned, at: number, shards: number, excess = false) =>
  partitioner(at, shards)(event, excess);
const keysOf = (eventTime: number, queueId: string | undefined = "q-1") =>
  partitionKeysOf({ type: "acd.start", eventTime, queueId, conversationId: "c-1" }, now, 4);

describe("partitioner", () => {
  it.each([
    [Date.UTC(2026, 0, 2, 23, 59, 59, 999), "2026-01-05", "late"],
    [Date.UTC(2026, 0, 3), "2026-01-03"],
    [now, "2026-01-05"],
    [Date.UTC(2026, 0, 6, 23, 59), "2026-01-06"],
    [Date.UTC(2026, 0, 7), "2026-01-05", "late"],
    [0, "2026-01-05", "late"],
  ])("puts %d under dt=%s, and late ones under the date on which they arrived", (eventTime, dt, shard = "1") => {
    const { dt: date, shard: own } = keysOf(eventTime);
    expect([date, own]).toStrictEqual([dt, shard]);
  });

  it("has one shard for all that is late", () => {
    expect(keysOf(0)).toStrictEqual({ root: "type", type: "acd.start", dt: "2026-01-05", shard: "late" });
  });

  it("keeps the entries of a queue in one shard, whatever their conversation", () => {
    const shards = ["c-1", "c-2", "c-3"].map((conversationId) =>
      partitionKeysOf({ type: "acd.start", eventTime: now, queueId: "q-1", conversationId }, now, 4),
    );
    expect(new Set(shards.map(({ shard }) => shard)).size).toBe(1);
  });

  it("sets excess entries apart under a root of their own, late ones too", () => {
    const pathOf = (eventTime: number, isExcess: boolean) =>
      partitionPath(partitionKeysOf({ type: "acd.start", eventTime, queueId: "q-1" }, now, 4, isExcess));
    const [open, late] = [now, now - 30 * day];
    expect([pathOf(open, true), pathOf(late, true)]).toStrictEqual([
      pathOf(open, false).replace("type=", "excess="),
      "excess=acd.start/dt=2026-01-05/shard=late/",
    ]);
    expect(pathOf(open, true)).toMatch(`excess=acd.start/dt=${toDate(now)}/shard=`);
  });

  it("never makes more partitions than it promises, whatever time the events span", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 50 }),
        (shards, days) => {
          const prefixes = eventTypes.flatMap((type) =>
            days.flatMap((offset, index) =>
              [false, true].map((excess) => {
                const event = { type, eventTime: now + offset * day, queueId: `q-${index}` };
                return Object.values(partitionKeysOf(event, now, shards, excess)).join("/");
              }),
            ),
          );
          expect(new Set(prefixes).size).toBeLessThanOrEqual(activePartitions(shards, true));
        },
      ),
      { numRuns: many(100) },
    );
  });

  it("stays within the stream's quota with the default of four shards", () => {
    expect(activePartitions(4, true)).toBeLessThanOrEqual(maximumActivePartitions);
  });

  it("counts five dates of each type and two of what is late, and of what is set aside", () => {
    // 18 types; two days back, yesterday's yesterday's end, today, tomorrow, and the date that has just closed.
    expect([activePartitions(1, false), activePartitions(4, false), activePartitions(4, true)]).toStrictEqual([
      18 * (5 * 1 + 2),
      18 * (5 * 4 + 2),
      19 * (5 * 4 + 2),
    ]);
    expect(deliveredPrefixes).toStrictEqual(["type=", "excess="]);
  });

  it("remembers the last type and date of each root, and nothing wrong of them", () => {
    const keysFor = partitioner(now, 1);
    const pathFor = (type: "acd.start" | "acd.end", offset: number, isExcess: boolean) =>
      partitionPath(keysFor({ type, eventTime: now + offset * day, queueId: "q" }, isExcess));
    expect([
      pathFor("acd.start", 0, false),
      pathFor("acd.start", -1, false),
      pathFor("acd.end", -1, false),
      pathFor("acd.start", -1, true),
      pathFor("acd.start", -1, false),
      pathFor("acd.end", 0, true),
    ]).toStrictEqual([
      "type=acd.start/dt=2026-01-05/shard=0/",
      "type=acd.start/dt=2026-01-04/shard=0/",
      "type=acd.end/dt=2026-01-04/shard=0/",
      "excess=acd.start/dt=2026-01-04/shard=0/",
      "type=acd.start/dt=2026-01-04/shard=0/",
      "type=acd.end/dt=2026-01-05/shard=0/",
    ]);
  });

  it("shards by the queue, then by the conversation, then not at all", () => {
    const shardOf = (given: Partial<Partitioned>) =>
      partitionKeysOf({ type: "acd.start", eventTime: now, ...given }, now, 64).shard;
    expect([
      shardOf({ queueId: "q-1", conversationId: "c-1" }) === shardOf({ queueId: "q-1", conversationId: "c-2" }),
      shardOf({ conversationId: "c-1" }) === shardOf({ conversationId: "c-2" }),
      shardOf({}),
      shardOf({ queueId: "q-1" }),
    ]).toStrictEqual([true, false, "62", "57"]);
  });

  it("does not set an event of another type apart", () => {
    expect(partitionKeysOf({ type: "acd.end", eventTime: now, queueId: "q" }, now, 4, true).root).toBe("type");
    expect(partitioner(now, 4)({ type: "acd.start", eventTime: now, queueId: "q" }).root).toBe("type");
  });
});
