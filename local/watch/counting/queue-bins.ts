import { hash } from "node:crypto";
import type { Cloud } from "../../cloud.ts";
import type { FrameQueue } from "../frame.ts";
import { type MappedQueue, readMinute, readPointer, readQueues } from "../stored.ts";

/* Admission per queue as the log of decisions tells it: by event time, so that gaps fill while a buffer drains. */

const binMilliseconds = 15_000;
const bins = 60;
const mostQueues = 12;

/** What the stack allows a queue of which the map says nothing else. */
export interface Allowance {
  /** Entries a second. */
  readonly maxEvents: number;
  readonly minPriority: number;
}

interface Counted {
  readonly admitted: number[];
  readonly setAside: number[];
}

const noBins = (): number[] => Array.from({ length: bins }, () => 0);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A queue as the log names it: the bytes of its UUID, or a digest of any other id (docs/admission.md). */
const bytesOf = (id: string): string => (uuid.test(id) ? id.replaceAll("-", "") : hash("md5", id, "hex"));

/** Counts the entries of an item of the log into bins; `minute` and `first` in epoch milliseconds. */
const countItem = (item: Buffer, minute: number, first: number, counted: Map<string, Counted>): void => {
  for (let at = 1; at + 18 <= item.length; ) {
    const queue = item.toString("hex", at, at + 16);
    const end = at + 18 + item.readUInt16BE(at + 16) * 7;
    const known = counted.get(queue) ?? { admitted: noBins(), setAside: noBins() };
    counted.set(queue, known);
    for (at += 18; at < end && at < item.length; at += 7) {
      const byte = item.readUInt8(at);
      const bin = Math.floor((minute + (byte >> 2) * 1_000 - first) / binMilliseconds);
      const into = (byte & 3) === 0 ? known.admitted : known.setAside;
      if (into[bin] !== undefined) into[bin] += 1;
    }
  }
};

const sumOf = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0);

const entriesOf = ({ admitted, setAside }: Counted): number => sumOf(admitted) + sumOf(setAside);

const limitOf = (queue: MappedQueue | undefined, { maxEvents, minPriority }: Allowance): number | null => {
  if (queue !== undefined && queue.priority < minPriority) return null;
  return ((queue?.maxEvents ?? maxEvents) / (queue?.perSeconds ?? 1)) * (binMilliseconds / 1_000);
};

/** The busiest queues of the last quarter of an hour of event time, the busiest first. */
export const readQueueBins = async (cloud: Cloud, allowance: Allowance): Promise<ReadonlyArray<FrameQueue>> => {
  const first = (Math.floor(cloud.clock.now() / binMilliseconds) + 1 - bins) * binMilliseconds;
  const pointer = await readPointer(cloud);
  const queues = pointer === undefined ? [] : await readQueues(cloud, pointer.version);
  const names = new Map(queues.map((queue) => [bytesOf(queue.id), queue]));
  const counted = new Map<string, Counted>();
  for (let minute = Math.floor(first / 60_000) * 60_000; minute <= cloud.clock.now(); minute += 60_000) {
    const items = await readMinute(cloud, new Date(minute).toISOString().slice(0, "yyyy-mm-ddThh:mm".length));
    for (const item of items) countItem(item, minute, first, counted);
  }
  return [...counted]
    .filter(([, each]) => entriesOf(each) > 0)
    .toSorted(([, a], [, b]) => entriesOf(b) - entriesOf(a))
    .slice(0, mostQueues)
    .map(([bytes, { admitted, setAside }]) => {
      const queue = names.get(bytes);
      return {
        id: queue?.id ?? bytes,
        name: queue?.name ?? bytes.slice(0, 8),
        priority: queue?.priority ?? null,
        limit: limitOf(queue, allowance),
        bins: admitted.map((entries, bin) => ({ admitted: entries, setAside: setAside[bin] ?? 0 })),
      };
    });
};
