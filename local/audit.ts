import { gunzipSync } from "node:zlib";
import * as t from "io-ts";
import type { Cloud } from "./cloud.ts";

/*
 * Counts each term of the ledger where it lies (objects, tables, log, queues, buffers), never by subtraction, and
 * compares every copy that the buffer accepted with what became of it. Imports nothing of the pipeline's own code: it
 * has to find that code's mistakes.
 */

export interface Ledger {
  readonly received: number;
  readonly delivered: number;
  readonly dropped: { readonly lowPriority: number; readonly rateLimited: number };
  readonly duplicates: number;
  readonly parked: Readonly<Record<string, number>>;
  readonly inFlight: number;
  readonly unmatched: number;
  readonly balanced: boolean;
}

export interface Audit {
  readonly ledger: Ledger;
  /** Everything that does not add up, one line each. */
  readonly differences: ReadonlyArray<string>;
  /** Event keys of all delivered lines, sorted. */
  readonly deliveredKeys: ReadonlyArray<string>;
  readonly deliveredLines: number;
  readonly sampleLine: string | undefined;
}

type Place = "delivered" | "dropped" | "parked" | "duplicate" | "deadLetter" | "inFlight";

/** Where a copy was found; the first of these that applies is its outcome. */
const precedence: ReadonlyArray<Place> = ["delivered", "dropped", "parked", "duplicate", "deadLetter", "inFlight"];

type DropReason = "lowPriority" | "rateLimited";

/** A duplicate needs another copy of its event in one of these. */
const settledPlaces: ReadonlyArray<Place> = ["delivered", "dropped", "parked", "inFlight"];

interface Found {
  readonly places: Map<string, Set<Place>>;
  readonly parkedReasons: Map<string, string>;
  readonly dropReasons: Map<string, DropReason>;
  /** Copies that were delivered as excess instead of being dropped. */
  readonly excess: Set<string>;
  readonly differences: string[];
}

const Member = t.type({ floodgate: t.type({ messageId: t.string, key: t.string }) });
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

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const linesOf = (object: Buffer): ReadonlyArray<string> =>
  gunzipSync(object)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");

const note = ({ places }: Found, messageId: string, place: Place): void => {
  const known = places.get(messageId) ?? new Set();
  places.set(messageId, known.add(place));
};

/** The event's own text is what stands around the last member; line breaks between tokens may have become spaces. */
const ownText = (line: string): string => {
  const start = line.lastIndexOf(',"floodgate":{');
  return `${line.slice(0, start)}${line.slice(line.lastIndexOf("}"))}`;
};

const oneLine = (text: string): string => text.replaceAll(/[\r\n]/g, " ");

const auditDelivered = (cloud: Cloud, bucket: string, received: ReadonlyMap<string, string>, found: Found) => {
  const keys: string[] = [];
  let sampleLine: string | undefined;
  for (const object of cloud.objects.list(bucket, "type=")) {
    for (const line of linesOf(cloud.objects.get(bucket, object) ?? Buffer.alloc(0))) {
      const value = parse(line);
      if (!Member.is(value)) {
        found.differences.push(`${object}: a line without a floodgate member`);
        continue;
      }
      const { messageId, key } = value.floodgate;
      keys.push(key);
      const body = received.get(messageId);
      if (body === undefined)
        found.differences.push(`${object}: a line of copy ${messageId}, which was never received`);
      else if (ownText(line) !== oneLine(body))
        found.differences.push(`${object}: copy ${messageId} is not its own text`);
      note(found, messageId, "delivered");
      if (/^type=[^/]*-excess\//.test(object)) found.excess.add(messageId);
      if (line.includes(".acd.start") && (sampleLine === undefined || line.length > sampleLine.length))
        sampleLine = line;
    }
  }
  return { keys, sampleLine };
};

const park = (found: Found, messageId: string, reason: string): void => {
  note(found, messageId, "parked");
  found.parkedReasons.set(messageId, reason);
};

const auditChunks = async (cloud: Cloud, bucket: string, found: Found): Promise<void> => {
  for (const item of await cloud.tables.scan("failed-events")) {
    if (!IndexItem.is(item)) {
      found.differences.push("failed-events: an item that is no failed chunk");
      continue;
    }
    const isParked = item.status.S === "parked";
    const object = cloud.objects.get(bucket, item.object.S);
    const lines = object === undefined ? [] : linesOf(object).map(parse).filter(FailedLine.is);
    if (lines.length !== Number(item.events.N)) {
      found.differences.push(`${item.object.S}: holds ${lines.length} events, its index item says ${item.events.N}`);
    }
    for (const { messageId } of lines) {
      if (isParked) park(found, messageId, item.reason.S);
      else note(found, messageId, "inFlight");
    }
  }
};

const auditErrors = (cloud: Cloud, bucket: string, found: Found): void => {
  for (const object of cloud.objects.list(bucket, "errors/")) {
    const [, type = "unknown"] = object.split("/");
    for (const value of linesOf(cloud.objects.get(bucket, object) ?? Buffer.alloc(0)).map(parse)) {
      const record = ErrorLine.is(value) ? parse(Buffer.from(value.rawData, "base64").toString("utf8")) : undefined;
      if (Member.is(record)) park(found, record.floodgate.messageId, `firehose:${type}`);
      else found.differences.push(`${object}: a line that no copy can be told from`);
    }
  }
};

const auditDeadLetters = (cloud: Cloud, buffers: ReadonlySet<string>, found: Found): void => {
  for (const [name, queue] of cloud.queues) {
    if (buffers.has(name)) continue;
    for (const { messageId } of queue.held()) {
      note(found, messageId, "deadLetter");
      if (!found.parkedReasons.has(messageId)) found.parkedReasons.set(messageId, `deadLetter:${name}`);
    }
  }
};

const auditInFlight = (cloud: Cloud, buffers: ReadonlySet<string>, found: Found): void => {
  for (const name of buffers) {
    for (const { messageId } of cloud.queues.get(name)?.held() ?? []) note(found, messageId, "inFlight");
  }
  for (const stream of cloud.streams.values()) {
    for (const data of stream.held()) {
      const record = parse(data.toString("utf8"));
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

/** A copy is dropped when it was handed to Firehose and the log says so of its event. */
const auditDropped = async (cloud: Cloud, found: Found): Promise<void> => {
  const items = (await cloud.tables.scan("admission-log")).filter(LogEntries.is);
  const dropped = new Map(items.flatMap(({ entries }) => droppedIn(Buffer.from(entries.B, "base64"))));
  const handedOver = (await cloud.tables.scan("deliveries"))
    .filter(Delivery.is)
    .map(({ eventKey, messageId }) => [messageId.S, eventKey.S] as const);
  const unrecorded = cloud.logs
    .map(({ text }) => (text.includes('"unrecorded deliveries"') ? parse(text) : undefined))
    .filter(UnrecordedLog.is)
    .flatMap(({ messageIds, keys }) => messageIds.map((messageId, index) => [messageId, keys[index] ?? ""] as const));
  for (const [messageId, key] of [...handedOver, ...unrecorded]) {
    const reason = dropped.get(key.slice(0, 12));
    if (reason === undefined) continue;
    note(found, messageId, "dropped");
    found.dropReasons.set(messageId, reason);
  }
};

const auditDuplicates = (cloud: Cloud, found: Found): void => {
  for (const { text } of cloud.logs) {
    const line = text.includes('"duplicates"') ? parse(text) : undefined;
    if (DuplicatesLog.is(line)) for (const messageId of line.messageIds) note(found, messageId, "duplicate");
  }
};

/** A duplicate is one only if another copy of the same event, by its body or its id, is delivered, dropped or parked. */
const checkDuplicates = (
  duplicates: ReadonlyArray<string>,
  settled: ReadonlyArray<string>,
  received: ReadonlyMap<string, string>,
  found: Found,
): void => {
  const known = new Set(settled.flatMap((messageId) => identityOf(received.get(messageId) ?? "")));
  for (const messageId of duplicates) {
    if (identityOf(received.get(messageId) ?? "").some((identity) => known.has(identity))) continue;
    found.differences.push(`copy ${messageId} was called a duplicate, and no other copy of its event is anywhere`);
  }
};

const countBy = (values: Iterable<string>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const value of [...values].toSorted()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/** A member's value as text, by a search of its own: the last one at the top level of the object. */
const identityOf = (body: string): ReadonlyArray<string> => {
  const value = parse(body);
  if (!t.UnknownRecord.is(value)) return [body];
  const detail = value["detail"];
  const inner = t.UnknownRecord.is(detail) && t.UnknownRecord.is(detail["eventBody"]) ? detail["eventBody"] : detail;
  const own = JSON.stringify([value["detail-type"], inner ?? value]);
  return typeof value["id"] === "string" ? [own, `id ${value["id"]}`] : [own];
};

/** Decided once per event: of two copies that were in flight together the table keeps one, and the log means both. */
const dropOtherCopies = (received: ReadonlyMap<string, string>, found: Found): void => {
  const reasons = new Map(
    [...found.dropReasons].flatMap(([messageId, reason]) =>
      identityOf(received.get(messageId) ?? "").map((identity) => [identity, reason] as const),
    ),
  );
  for (const [messageId, body] of received) {
    if (found.places.has(messageId)) continue;
    const reason = identityOf(body)
      .map((identity) => reasons.get(identity))
      .find((each) => each !== undefined);
    if (reason === undefined) continue;
    note(found, messageId, "dropped");
    found.dropReasons.set(messageId, reason);
  }
};

const settle = (received: ReadonlyMap<string, string>, found: Found) => {
  const outcomes = new Map<Place, string[]>(precedence.map((place) => [place, []]));
  for (const messageId of received.keys()) {
    const places = found.places.get(messageId);
    const outcome = precedence.find((place) => places?.has(place));
    if (outcome === undefined) found.differences.push(`copy ${messageId} was received and is nowhere`);
    else outcomes.get(outcome)?.push(messageId);
    if (places?.has("delivered") && places.has("parked")) {
      found.differences.push(`copy ${messageId} is both delivered and parked`);
    }
    if (places?.has("delivered") && places.has("dropped") && !found.excess.has(messageId)) {
      found.differences.push(`copy ${messageId} was dropped, and lies in S3 all the same`);
    }
  }
  return (place: Place): ReadonlyArray<string> => outcomes.get(place) ?? [];
};

/** Audits a local cloud at rest or under way. */
export const audit = async (cloud: Cloud): Promise<Audit> => {
  const buffers = new Set(cloud.mappings.map(({ buffer }) => buffer.name));
  const received = new Map([...cloud.queues.values()].flatMap(({ accepted }) => [...accepted]));
  const found: Found = {
    places: new Map(),
    parkedReasons: new Map(),
    dropReasons: new Map(),
    excess: new Set(),
    differences: [],
  };
  const [stream] = cloud.streams.values();
  const bucket = stream?.bucket ?? "";
  const { keys, sampleLine } = auditDelivered(cloud, bucket, received, found);
  await auditChunks(cloud, bucket, found);
  auditErrors(cloud, bucket, found);
  await auditDropped(cloud, found);
  auditDeadLetters(cloud, buffers, found);
  auditInFlight(cloud, buffers, found);
  auditDuplicates(cloud, found);
  dropOtherCopies(received, found);
  const copies = settle(received, found);
  checkDuplicates(copies("duplicate"), settledPlaces.flatMap(copies), received, found);
  const droppedFor = (reason: DropReason): number =>
    copies("dropped").filter((messageId) => found.dropReasons.get(messageId) === reason).length;
  return {
    ledger: {
      received: received.size,
      delivered: copies("delivered").length,
      dropped: {
        lowPriority: droppedFor("lowPriority"),
        rateLimited: droppedFor("rateLimited"),
      },
      duplicates: copies("duplicate").length,
      parked: countBy(
        [...copies("parked"), ...copies("deadLetter")].map(
          (messageId) => found.parkedReasons.get(messageId) ?? "unknown",
        ),
      ),
      inFlight: copies("inFlight").length,
      unmatched: cloud.bus.unmatched,
      balanced: found.differences.length === 0,
    },
    differences: found.differences,
    deliveredKeys: keys.toSorted(),
    deliveredLines: keys.length,
    sampleLine,
  };
};
