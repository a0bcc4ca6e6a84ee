import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { Instant } from "../domain/instant.ts";
import { partitionKeysOf } from "../domain/partition-keys.ts";
import { readDeliveredLine } from "../domain/read-delivered-line.ts";
import type { TransformedRecord } from "../domain/transformed-record.ts";
import type { Clock } from "../ports/clock.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export type TransformRecordsCapabilities = Pick<Clock, "now"> & Telemetry;

/** A record of the delivery stream; data is base64. */
export interface StreamRecord {
  readonly recordId: string;
  readonly data: string;
  readonly approximateArrivalTimestamp: Instant;
}

const transformed = (
  { recordId, data, approximateArrivalTimestamp }: StreamRecord,
  now: Instant,
  shards: number,
): TransformedRecord => {
  const event = readDeliveredLine(Buffer.from(data, "base64"), recordId, approximateArrivalTimestamp);
  return event === undefined
    ? { recordId, result: "ProcessingFailed", data }
    : { recordId, result: "Ok", data, metadata: { partitionKeys: partitionKeysOf(event, now, shards) } };
};

/** Answers every record once, in order, with the partition that it belongs to. */
export const transformRecords =
  (shards: number) =>
  (records: ReadonlyArray<StreamRecord>): ReaderTask<TransformRecordsCapabilities, ReadonlyArray<TransformedRecord>> =>
  ({ now, count }) =>
  async () => {
    const at = now();
    const answers = records.map((record) => transformed(record, at, shards));
    const unreadable = answers.filter(({ result }) => result === "ProcessingFailed").length;
    count({ records: records.length, ...(unreadable === 0 ? {} : { unreadable }) })();
    return answers;
  };
