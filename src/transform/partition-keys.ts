import { hash } from "node:crypto";
import { type EventType, eventTypes, queueEntry } from "../event/event-type.ts";
import { remembering } from "../text/remembering.ts";
import { day, type Instant, toDate } from "../time/instant.ts";

/** Where a delivered line lies in S3. */
export interface PartitionKeys {
  /** `excess`: set aside by admission, out of the way of whoever reads below `type=`. */
  readonly root: "type" | "excess";
  readonly type: string;
  readonly dt: string;
  readonly shard: string;
}

type Root = PartitionKeys["root"];

type KeyTexts = Readonly<Record<keyof PartitionKeys, string>>;

/** All shards of a date. */
export const datePath = ({ root, type, dt }: Omit<KeyTexts, "shard">): string => `${root}=${type}/dt=${dt}/`;

/** The one place that says how keys become a path; stream, Athena's tables and commands use it. */
export const partitionPath = (keys: KeyTexts): string => `${datePath(keys)}shard=${keys.shard}/`;

/** What every line in S3 lies under. */
export const deliveredPrefixes: ReadonlyArray<string> = ["type=", "excess="];

export interface Partitioned {
  readonly type: EventType;
  readonly eventTime: Instant;
  readonly queueId?: string | undefined;
  readonly conversationId?: string | undefined;
}

/** Dates with partitions of their own: two days back, yesterday, today, tomorrow. Everything else is late. */
const daysBack = 2;
const daysAhead = 1;
/** Around midnight the date that has just closed is still being written. */
const activeDates = daysBack + 1 + daysAhead + 1;
/** The shard of a type's events of all other dates: they lie under the date on which they arrived. */
export const lateShard = "late";
/** Around midnight both the old and the new date have late events. */
const lateDates = 2;

/** Firehose's quota of active partitions per stream. */
export const maximumActivePartitions = 500;

/** How many partitions can be active at once, whatever time a backlog or a replay spans. */
export const activePartitions = (shards: number, storesExcess: boolean): number =>
  (eventTypes.length + (storesExcess ? 1 : 0)) * (activeDates * shards + lateDates);

/** When a date that begins at `midnight` is late for everything that still arrives: no line is put under it any more. */
export const closesAt = (midnight: Instant): Instant => midnight + (daysBack + 1) * day;

const isOpen = (eventTime: Instant, now: Instant): boolean => {
  const days = Math.floor(eventTime / day) - Math.floor(now / day);
  return -daysBack <= days && days <= daysAhead;
};

const shardOf = (name: string, shards: number): string =>
  String(BigInt(`0x${hash("md5", name, "hex")}`) % BigInt(shards));

/** Gives partition keys at a moment; made once per batch, so that each queue is hashed once and each date written once. */
export const partitioner = (
  now: Instant,
  shards: number,
): ((event: Partitioned, isExcess?: boolean) => PartitionKeys) => {
  const openKeys = remembering((root: Root) =>
    remembering((type: string) =>
      remembering((dayNumber: number) => {
        const dt = toDate(dayNumber * day);
        return remembering((name: string): PartitionKeys => ({ root, type, dt, shard: shardOf(name, shards) }));
      }),
    ),
  );
  const arrived = toDate(now);
  const lateOf = remembering((root: Root) =>
    remembering((type: string): PartitionKeys => ({ root, type, dt: arrived, shard: lateShard })),
  );
  // Records that follow each other mostly have the same type and date, among what is admitted and among what is set aside.
  const none = { type: "", dayNumber: Number.NaN, keysOf: openKeys("type")("")(0) };
  const last: Record<Root, typeof none> = { type: none, excess: none };
  const keysOf = (root: Root, type: string, dayNumber: number): typeof none.keysOf => {
    if (last[root].type !== type || last[root].dayNumber !== dayNumber)
      last[root] = { type, dayNumber, keysOf: openKeys(root)(type)(dayNumber) };
    return last[root].keysOf;
  };
  return (event, isExcess = false) => {
    const root = isExcess && event.type === queueEntry ? "excess" : "type";
    return isOpen(event.eventTime, now)
      ? keysOf(root, event.type, Math.floor(event.eventTime / day))(event.queueId ?? event.conversationId ?? "")
      : lateOf(root)(event.type);
  };
};
