import type { Cloud } from "../cloud.ts";
import {
  auditChunks,
  auditDeadLetters,
  auditDelivered,
  auditDropped,
  auditDuplicates,
  auditErrors,
  auditInFlight,
  type DropReason,
  type Found,
  note,
  type Place,
} from "./audit-places.ts";
import { identityOf } from "./audit-text.ts";

/*
 * Counts each term of the ledger where it lies (objects, tables, log, queues, buffers), never by subtraction, and
 * compares every copy that the buffer accepted with what became of it. Imports nothing of the pipeline's own code: it
 * has to find that code's mistakes.
 */

/** Where a copy was found; the first of these that applies is its outcome. */
const precedence: ReadonlyArray<Place> = [
  "alsoParked",
  "delivered",
  "setAside",
  "dropped",
  "parked",
  "duplicate",
  "deadLetter",
  "inFlight",
];

/** A duplicate needs another copy of its event in one of these. */
const settledPlaces: ReadonlyArray<Place> = ["alsoParked", "delivered", "setAside", "dropped", "parked", "inFlight"];

/** A duplicate is one only if another copy of the same event, by its body or its id, is delivered, set aside, dropped or parked. */
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
    const isHandedOver = (["delivered", "setAside", "dropped"] as const).some((place) => places?.has(place) === true);
    if (isHandedOver && places?.has("parked") === true) note(found, messageId, "alsoParked");
    const outcome = precedence.find((place) => places?.has(place));
    if (outcome === undefined) found.differences.push(`copy ${messageId} was received and is nowhere`);
    else outcomes.get(outcome)?.push(messageId);
    const reason = found.dropReasons.get(messageId);
    if (places?.has("delivered") && reason !== undefined)
      found.differences.push(`copy ${messageId} is ${reason}, and lies among the admitted all the same`);
  }
  for (const [messageId, excess] of found.excess) {
    const reason = found.dropReasons.get(messageId);
    if (excess.reason !== reason)
      found.differences.push(`copy ${messageId} lies apart as ${excess.reason}, and its decision is ${reason}`);
  }
  return (place: Place): ReadonlyArray<string> => outcomes.get(place) ?? [];
};

/** Audits a local cloud at rest or under way. */
export const audit = async (cloud: Cloud) => {
  const buffers = new Set(cloud.mappings.map(({ buffer }) => buffer.name));
  // A queue that nothing reads holds no events, but scheduled runs that were missed.
  const received = new Map(cloud.mappings.flatMap(({ buffer }) => [...buffer.accepted]));
  const found: Found = {
    places: new Map(),
    parkedReasons: new Map(),
    dropReasons: new Map(),
    excess: new Map(),
    admitted: new Map(),
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
  if (!cloud.storesExcess) dropOtherCopies(received, found);
  const copies = settle(received, found);
  checkDuplicates(copies("duplicate"), settledPlaces.flatMap(copies), received, found);
  const byReason = (place: Place) => {
    const count = (reason: DropReason): number =>
      copies(place).filter((messageId) => found.dropReasons.get(messageId) === reason).length;
    return { lowPriority: count("lowPriority"), rateLimited: count("rateLimited") };
  };
  const parkedReasons = [...copies("parked"), ...copies("deadLetter")].map(
    (messageId) => found.parkedReasons.get(messageId) ?? "unknown",
  );
  const ledger = {
    received: received.size,
    delivered: copies("delivered").length,
    /** By admission, and stored apart. */
    setAside: byReason("setAside"),
    /** The same, where the stack does not store it. */
    dropped: byReason("dropped"),
    duplicates: copies("duplicate").length,
    parked: countBy(parkedReasons),
    /** Handed over and parked as well, because the answer to a call got lost or its caller died. */
    alsoParked: copies("alsoParked").length,
    inFlight: copies("inFlight").length,
    unmatched: cloud.bus.unmatched,
    balanced: found.differences.length === 0,
  };
  return {
    ledger,
    /** Everything that does not add up, one line each. */
    differences: found.differences,
    /** Event keys of all delivered lines, sorted. */
    deliveredKeys: keys.toSorted(),
    deliveredLines: keys.length,
    sampleLine,
    /** The outcome of every copy that was received, by messageId. */
    outcomes: new Map(precedence.flatMap((place) => copies(place).map((messageId) => [messageId, place] as const))),
  };
};
