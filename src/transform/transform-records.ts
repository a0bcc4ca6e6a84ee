import * as E from "fp-ts/lib/Either.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import type { Admission, AdmissionPolicy, Entry } from "../admission/admission.ts";
import { type AdmitCapabilities, admit, type LogUse } from "../admission/admit.ts";
import type { AdmissionLogUnavailable } from "../admission/ports.ts";
import { markExcess } from "../delivery/mark-excess.ts";
import { type DeliveredRecord, readDeliveredLine } from "../delivery/read-delivered-line.ts";
import { queueEntry } from "../event/event-type.ts";
import type { PriorityMaps } from "../priorities/ports.ts";
import type { PriorityMap } from "../priorities/priority-map.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { Instant } from "../time/instant.ts";
import { type PartitionKeys, partitioner } from "./partition-keys.ts";

export type TransformRecordsCapabilities = AdmitCapabilities & PriorityMaps & Telemetry;

interface TransformPolicy {
  readonly shards: number;
  readonly admission: AdmissionPolicy;
}

/** A record of the delivery stream; data is base64. */
export interface StreamRecord {
  readonly recordId: string;
  readonly data: string;
  readonly approximateArrivalTimestamp: Instant;
}

/**
 * One answer of a Firehose transform; data goes back as it came, but for the mark of what is set aside. The delimiter is
 * Firehose's own to add.
 */
export type TransformedRecord =
  | {
      readonly recordId: string;
      readonly result: "Ok";
      readonly data: string;
      readonly metadata: { readonly partitionKeys: PartitionKeys };
    }
  | { readonly recordId: string; readonly result: "Dropped" | "ProcessingFailed"; readonly data: string };

type Read = DeliveredRecord | undefined;

/** Only entries of a named queue ask for admission. */
const asksForAdmission = (event: Read): event is DeliveredRecord & Entry =>
  event !== undefined && event.type === queueEntry && event.queueId !== undefined;

const readAll = (records: ReadonlyArray<StreamRecord>): ReadonlyArray<Read> => {
  const events: Read[] = [];
  for (const { recordId, data, approximateArrivalTimestamp } of records) {
    events.push(readDeliveredLine(data, recordId, approximateArrivalTimestamp));
  }
  return events;
};

const answer = (
  { recordId, data }: StreamRecord,
  event: Read,
  admission: Admission | undefined,
  { admission: { excess } }: TransformPolicy,
  partitionKeysOf: ReturnType<typeof partitioner>,
): TransformedRecord => {
  if (event === undefined || admission === "closing") return { recordId, result: "ProcessingFailed", data };
  const reason = admission === "admitted" ? undefined : admission;
  if (reason !== undefined && excess === "drop") return { recordId, result: "Dropped", data };
  const marked = reason === event.excess ? data : markExcess(data, reason);
  return {
    recordId,
    result: "Ok",
    data: marked,
    metadata: { partitionKeys: partitionKeysOf(event, reason !== undefined) },
  };
};

/** One version of the map for the whole batch; without one every queue is as good as another, and that is counted. */
const mapForBatch = async ({
  readPriorityMap,
  warn,
}: TransformRecordsCapabilities): Promise<PriorityMap | undefined> => {
  const map = await readPriorityMap();
  if (E.isRight(map)) return map.right;
  warn("the priority map cannot be read; entries are admitted whatever their priority", { reason: map.left.reason })();
  return undefined;
};

const counts = (
  events: ReadonlyArray<Read>,
  entries: ReadonlyArray<Entry>,
  admissions: ReadonlyArray<Admission>,
  map: PriorityMap | undefined,
  use: LogUse,
  now: Instant,
): Readonly<Record<string, number>> => {
  let unreadable = 0;
  let noQueue = 0;
  for (const event of events) {
    if (event === undefined) unreadable += 1;
    else if (event.type === queueEntry && event.queueId === undefined) noQueue += 1;
  }
  const counted: Record<string, number> = {
    records: events.length,
    unreadable,
    noQueue,
    unknownQueue: map === undefined ? 0 : entries.filter(({ queueId }) => !map.queues.has(queueId)).length,
    mapUnavailable: map === undefined ? entries.length : 0,
    logReads: use.reads,
    logAppends: use.appends,
    logConflicts: use.conflicts,
  };
  for (const admission of admissions) counted[admission] = (counted[admission] ?? 0) + 1;
  const used = Object.fromEntries(Object.entries(counted).filter(([, value]) => value > 0));
  const setAside = (counted["lowPriority"] ?? 0) + (counted["rateLimited"] ?? 0);
  return {
    ...used,
    // Also when it is none: the mean of an hour is that of all its batches.
    ...(admissions.length === 0 ? {} : { setAsidePercent: Math.round((100 * setAside) / admissions.length) }),
    ...(map === undefined ? {} : { mapAgeSeconds: Math.max(0, Math.round((now - map.checkedAt) / 1000)) }),
  };
};

/**
 * Answers every record once, in order: admission for queue entries, partition keys for all that pass; data untouched.
 * When the log of decisions stays out of reach the whole batch fails, and Firehose brings it again.
 */
export const transformRecords =
  (policy: TransformPolicy) =>
  (
    records: ReadonlyArray<StreamRecord>,
  ): ReaderTaskEither<TransformRecordsCapabilities, AdmissionLogUnavailable, ReadonlyArray<TransformedRecord>> =>
  (capabilities) =>
  async () => {
    const events = readAll(records);
    const use: LogUse = { reads: 0, appends: 0, conflicts: 0 };
    const { enabled } = policy.admission;
    const entries = enabled ? events.filter(asksForAdmission) : [];
    const map = entries.length === 0 ? undefined : await mapForBatch(capabilities);
    const decided = await admit(entries, { map, policy: policy.admission, use })(capabilities)();
    if (E.isLeft(decided)) return decided;
    const now = capabilities.now();
    const partitionKeysOf = partitioner(now, policy.shards);
    let next = 0;
    const answers = records.map((record, index) => {
      const admission = enabled && asksForAdmission(events[index]) ? decided.right[next++] : undefined;
      return answer(record, events[index], admission, policy, partitionKeysOf);
    });
    capabilities.count(counts(events, entries, decided.right, map, use, now))();
    return E.right(answers);
  };
