import { hash } from "node:crypto";
import { type EventType, eventTypes, excessSuffix, queueEntry } from "./event-type.ts";
import { day, type Instant, toDate } from "./instant.ts";

/** Where a delivered line lies in S3: `type=<type>/dt=<dt>/shard=<shard>/`. */
export interface PartitionKeys {
  readonly type: string;
  readonly dt: string;
  readonly shard: string;
}

export interface Partitioned {
  readonly type: EventType;
  readonly eventTime: Instant;
  readonly queueId?: string | undefined;
  readonly conversationId?: string | undefined;
}

/** Dates with partitions of their own: two days back, yesterday, today, tomorrow. Everything else shares `late`. */
const daysBack = 2;
const daysAhead = 1;
/** Around midnight the date that has just closed is still being written. */
const activeDates = daysBack + 1 + daysAhead + 1;
const late = "late";

/** Firehose's quota of active partitions per stream. */
export const maximumActivePartitions = 500;

/** How many partitions can be active at once, whatever time a backlog or a replay spans. */
export const activePartitions = (shards: number, storesExcess: boolean): number =>
  (eventTypes.length + (storesExcess ? 1 : 0)) * (activeDates * shards + 1);

const isOpen = (eventTime: Instant, now: Instant): boolean => {
  const days = Math.floor(eventTime / day) - Math.floor(now / day);
  return -daysBack <= days && days <= daysAhead;
};

const shardOf = (name: string, shards: number): string =>
  String(BigInt(`0x${hash("md5", name, "hex")}`) % BigInt(shards));

export const partitionKeysOf = (event: Partitioned, now: Instant, shards: number, excess = false): PartitionKeys => {
  const type = excess && event.type === queueEntry ? `${event.type}${excessSuffix}` : event.type;
  return isOpen(event.eventTime, now)
    ? { type, dt: toDate(event.eventTime), shard: shardOf(event.queueId ?? event.conversationId ?? "", shards) }
    : { type, dt: late, shard: "0" };
};
