import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";
import { linesOf, parseJson } from "../text.ts";
import { deliverable, isRedactionOf, ownText } from "./audit-text.ts";

/*
 * Looks for every copy where it may lie: objects, tables, log lines, queues, buffers. Like audit.ts it imports nothing
 * of the pipeline's own code.
 */

/** `alsoParked`: handed to Firehose, which has delivered or dropped it, and parked by somebody who could not know of it. */
export type Place =
  | "alsoParked"
  | "delivered"
  | "setAside"
  | "dropped"
  | "parked"
  | "duplicate"
  | "deadLetter"
  | "inFlight";

export type DropReason = "lowPriority" | "rateLimited";

/** What admission sets aside lies here, away from all that it admits. */
const excessPrefix = "excess=";

export interface Found {
  readonly places: Map<string, Set<Place>>;
  readonly parkedReasons: Map<string, string>;
  readonly dropReasons: Map<string, DropReason>;
  /** Copies that were set aside, with the key of their event and the reason that their line gives. */
  readonly excess: Map<string, { readonly key: string; readonly reason: unknown }>;
  /** Copies that lie among what was admitted, with the key of their event. */
  readonly admitted: Map<string, string>;
  readonly differences: string[];
}

const Member = t.type({
  floodgate: t.intersection([
    t.type({ messageId: t.string, key: t.string, type: t.string }),
    t.partial({ excess: t.unknown }),
  ]),
});
const FailedLine = t.type({ messageId: t.string, body: t.string });
const IndexItem = t.type({
  status: t.type({ S: t.string }),
  reason: t.type({ S: t.string }),
  object: t.type({ S: t.string }),
  events: t.type({ N: t.string }),
});
const Delivery = t.type({ eventKey: t.type({ S: t.string }), messageId: t.type({ S: t.string }) });
const LogEntries = t.type({ entries: t.type({ B: t.string }) });
const UnrecordedLog = t.type({
  message: t.literal("unrecorded deliveries"),
  messageIds: t.array(t.string),
  keys: t.array(t.string),
});
const ErrorLine = t.type({ rawData: t.string });
const DuplicatesLog = t.type({ message: t.literal("duplicates"), messageIds: t.array(t.string) });

export const note = ({ places }: Found, messageId: string, place: Place): void => {
  const known = places.get(messageId) ?? new Set();
  places.set(messageId, known.add(place));
};

const isItsText = (line: string, body: string, { redacts }: Cloud): boolean => {
  const [own, given] = [ownText(line), deliverable(body)];
  return own === given || (redacts && isRedactionOf(own, given));
};

export const auditDelivered = (cloud: Cloud, bucket: string, received: ReadonlyMap<string, string>, found: Found) => {
  const keys: string[] = [];
  let sampleLine: string | undefined;
  for (const object of ["type=", excessPrefix].flatMap((prefix) => cloud.objects.list(bucket, prefix))) {
    const isExcess = object.startsWith(excessPrefix);
    for (const line of linesOf(cloud.objects.get(bucket, object))) {
      const value = parseJson(line);
      if (!Member.is(value)) {
        found.differences.push(`${object}: a line without a floodgate member`);
        continue;
      }
      const { messageId, key, type, excess } = value.floodgate;
      if (!isExcess) keys.push(key);
      const body = received.get(messageId);
      if (body === undefined)
        found.differences.push(`${object}: a line of copy ${messageId}, which was never received`);
      else if (!isItsText(line, body, cloud))
        found.differences.push(`${object}: copy ${messageId} is not its own text`);
      note(found, messageId, isExcess ? "setAside" : "delivered");
      if (isExcess) found.excess.set(messageId, { key, reason: excess });
      else found.admitted.set(messageId, key);
      if (isExcess && !cloud.storesExcess) found.differences.push(`${object}: this stack stores no excess`);
      if (isExcess !== (type === "acd.start-excess") || isExcess === (excess === undefined))
        found.differences.push(`${object}: copy ${messageId} says that it is ${type}`);
      if (!isExcess && line.includes(".acd.start") && (sampleLine === undefined || line.length > sampleLine.length))
        sampleLine = line;
    }
  }
  return { keys, sampleLine };
};

const noteParked = (found: Found, messageId: string, reason: string): void => {
  note(found, messageId, "parked");
  found.parkedReasons.set(messageId, reason);
};

export const auditChunks = async (cloud: Cloud, bucket: string, found: Found): Promise<void> => {
  for (const item of await cloud.tables.scan("failed-events")) {
    // Breakers and the tally of retries lie in the same table.
    if (t.type({ chunkId: t.type({ S: t.string }) }).is(item) && item.chunkId.S.includes("#")) continue;
    if (!IndexItem.is(item)) {
      found.differences.push("failed-events: an item that is no failed chunk");
      continue;
    }
    const isParked = item.status.S === "parked";
    const object = cloud.objects.get(bucket, item.object.S);
    const lines = linesOf(object).map(parseJson).filter(FailedLine.is);
    if (lines.length !== Number(item.events.N)) {
      found.differences.push(`${item.object.S}: holds ${lines.length} events, its index item says ${item.events.N}`);
    }
    for (const { messageId } of lines) {
      if (isParked) noteParked(found, messageId, item.reason.S);
      else note(found, messageId, "inFlight");
    }
  }
};

export const auditErrors = (cloud: Cloud, bucket: string, found: Found): void => {
  for (const object of cloud.objects.list(bucket, "errors/")) {
    const [, type = "unknown"] = object.split("/");
    for (const value of linesOf(cloud.objects.get(bucket, object)).map(parseJson)) {
      const record = ErrorLine.is(value) ? parseJson(Buffer.from(value.rawData, "base64").toString("utf8")) : undefined;
      if (Member.is(record)) noteParked(found, record.floodgate.messageId, `firehose:${type}`);
      else found.differences.push(`${object}: a line that no copy can be told from`);
    }
  }
};

export const auditDeadLetters = (cloud: Cloud, buffers: ReadonlySet<string>, found: Found): void => {
  for (const [name, queue] of cloud.buffers) {
    if (buffers.has(name)) continue;
    for (const { messageId } of queue.held()) {
      note(found, messageId, "deadLetter");
      if (!found.parkedReasons.has(messageId)) found.parkedReasons.set(messageId, `deadLetter:${name}`);
    }
  }
};

export const auditInFlight = (cloud: Cloud, buffers: ReadonlySet<string>, found: Found): void => {
  for (const name of buffers) {
    for (const { messageId } of cloud.buffers.get(name)?.held() ?? []) note(found, messageId, "inFlight");
  }
  for (const stream of cloud.streams.values()) {
    for (const data of stream.held()) {
      const record = parseJson(data.toString("utf8"));
      if (Member.is(record)) note(found, record.floodgate.messageId, "inFlight");
    }
  }
};

const dropReasons: ReadonlyArray<DropReason | undefined> = [undefined, "lowPriority", "rateLimited"];

/** Reads an item of the admission log by its documented layout (docs/admission.md): dropped keys, 48 bits each. */
const droppedIn = (bytes: Buffer): ReadonlyArray<readonly [string, DropReason]> => {
  const dropped: (readonly [string, DropReason])[] = [];
  for (let at = 1; at < bytes.length; ) {
    const end = at + 18 + bytes.readUInt16BE(at + 16) * 7;
    for (at += 18; at < end; at += 7) {
      const reason = dropReasons[bytes.readUInt8(at) & 3];
      if (reason !== undefined) dropped.push([bytes.toString("hex", at + 1, at + 7), reason]);
    }
  }
  return dropped;
};

/** A copy is dropped when it was handed to Firehose, the log says so of its event, and the stack stores no excess. */
export const auditDropped = async (cloud: Cloud, found: Found): Promise<void> => {
  const items = (await cloud.tables.scan("admission-log")).filter(LogEntries.is);
  const dropped = new Map(items.flatMap(({ entries }) => droppedIn(Buffer.from(entries.B, "base64"))));
  const handedOver = (await cloud.tables.scan("deliveries"))
    .filter(Delivery.is)
    .map(({ eventKey, messageId }) => [messageId.S, eventKey.S] as const);
  const unrecorded = cloud.logs
    .map(({ text }) => (text.includes('"unrecorded deliveries"') ? parseJson(text) : undefined))
    .filter(UnrecordedLog.is)
    .flatMap(({ messageIds, keys }) => messageIds.map((messageId, index) => [messageId, keys[index] ?? ""] as const));
  const setAside = [...found.excess].map(([messageId, { key }]) => [messageId, key] as const);
  for (const [messageId, key] of [...handedOver, ...unrecorded, ...setAside, ...found.admitted]) {
    const reason = dropped.get(key.slice(0, 12));
    if (reason === undefined) continue;
    if (!cloud.storesExcess) note(found, messageId, "dropped");
    found.dropReasons.set(messageId, reason);
  }
};

export const auditDuplicates = (cloud: Cloud, found: Found): void => {
  for (const { text } of cloud.logs) {
    const line = text.includes('"duplicates"') ? parseJson(text) : undefined;
    if (DuplicatesLog.is(line)) for (const messageId of line.messageIds) note(found, messageId, "duplicate");
  }
};
