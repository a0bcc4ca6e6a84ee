import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { decodeMessage } from "../event/decode-message.ts";
import { EventKey } from "../event/event-key.ts";
import { type EventType, eventTypes, excessEntry, queueEntry } from "../event/event-type.ts";
import { skipValue } from "../text/json-text.ts";
import { parseJson } from "../text/parse-json.ts";
import { fromIso, type Instant, parseInstant } from "../time/instant.ts";
import { type ExcessReason, excessReasons, type FloodgateMember, lineOpening } from "./delivered-line.ts";

/** What admission and partitioning read of a record. */
export interface DeliveredRecord {
  readonly key: EventKey;
  readonly type: EventType;
  /** Why the line says that it was set aside: it has been here before, and comes back from `errors/`. */
  readonly excess?: ExcessReason;
  readonly eventTime: Instant;
  readonly queueId: string | undefined;
  readonly conversationId: string | undefined;
}

const types: ReadonlySet<unknown> = new Set([...eventTypes, excessEntry]);
const reasons: ReadonlySet<unknown> = new Set([undefined, ...excessReasons]);

const isOptionalText = (value: unknown): boolean => value === undefined || typeof value === "string";

/**
 * The FloodgateMember codec by hand, because this runs for each of 10,000 records; a property test shows that the
 * two agree.
 */
export const isFloodgateMember = (value: unknown): value is FloodgateMember =>
  t.UnknownRecord.is(value) &&
  value["v"] === 1 &&
  EventKey.is(value["key"]) &&
  typeof value["messageId"] === "string" &&
  typeof value["receivedAt"] === "string" &&
  typeof value["eventTime"] === "string" &&
  types.has(value["type"]) &&
  reasons.has(value["excess"]) &&
  isOptionalText(value["queueId"]) &&
  isOptionalText(value["conversationId"]) &&
  isOptionalText(value["trace"]) &&
  (value["enrichment"] === undefined || t.UnknownRecord.is(value["enrichment"]));

/**
 * Base64 characters at the beginning of a record that are decoded first, without the vendor's part: the member is
 * shorter, without an enrichment and with one. Multiples of four, so that they decode by themselves.
 */
const plainCharacters = 576;
const headCharacters = 4_096;

/**
 * The member as deliveredLine writes it, where its texts are plain ASCII without escapes and no enrichment follows.
 * Anything else is parsed.
 */
const plainMember =
  /^\{"floodgate":\{"v":1,"key":"([0-9a-f]{32})","messageId":"[ !#-[\]-~]*","receivedAt":"[ !#-[\]-~]*","eventTime":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","type":"([ !#-[\]-~]*)"(?:,"conversationId":"([ !#-[\]-~]*)")?(?:,"queueId":"([ !#-[\]-~]*)")?(?:,"trace":"[ !#-[\]-~]*")?\},/;

/** Exported for its tests: whoever it does not take is read all the same, at several times the cost. */
export const readPlain = (head: string): DeliveredRecord | undefined => {
  const [, key, eventTime = "", type, conversationId, queueId] = plainMember.exec(head) ?? [];
  const known = eventTypes.find((each) => each === type);
  const at = fromIso(eventTime);
  return known !== undefined && !Number.isNaN(at) && EventKey.is(key)
    ? { key, type: known, eventTime: at, queueId, conversationId }
    : undefined;
};

const toRecord = (member: unknown, arrivedAt: Instant): DeliveredRecord | undefined =>
  isFloodgateMember(member)
    ? {
        key: member.key,
        type: member.type === excessEntry ? queueEntry : member.type,
        ...(member.excess === undefined ? {} : { excess: member.excess }),
        eventTime: parseInstant(member.eventTime) ?? arrivedAt,
        queueId: member.queueId,
        conversationId: member.conversationId,
      }
    : undefined;

/** `text` is a line or the beginning of one; undefined where the member is cut off, or there is none. */
const readMember = (text: string, arrivedAt: Instant): DeliveredRecord | undefined => {
  if (!text.startsWith(lineOpening)) return undefined;
  const end = skipValue(text, lineOpening.length);
  return end === text.length ? undefined : toRecord(parseJson(text.slice(lineOpening.length, end)), arrivedAt);
};

/** Where the text is no base64 there is nothing to read. `atob` takes a third of Buffer's time for so little. */
const headOf = (data: string): string => {
  try {
    return data.length % 4 === 0 ? atob(data.slice(0, plainCharacters)) : "";
  } catch {
    return "";
  }
};

const decoded = (data: string): string => Buffer.from(data, "base64").toString("utf8");

const readWhole = (data: string, recordId: string, arrivedAt: Instant): DeliveredRecord | undefined => {
  const event = decodeMessage({ messageId: recordId, body: decoded(data), receivedAt: arrivedAt, receives: 1 });
  return E.isRight(event) ? event.right : undefined;
};

/**
 * Reads a Firehose record (base64): the member that process-batch spliced in, or, for a record that another producer
 * put on the stream, the event itself. `undefined`: it is no event.
 */
export const readDeliveredLine = (data: string, recordId: string, arrivedAt: Instant): DeliveredRecord | undefined =>
  readPlain(headOf(data)) ??
  readMember(decoded(data.slice(0, headCharacters)), arrivedAt) ??
  readMember(decoded(data), arrivedAt) ??
  readWhole(data, recordId, arrivedAt);
