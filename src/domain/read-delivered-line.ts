import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { decodeMessage } from "./decode-message.ts";
import { type FloodgateMember, memberOpening } from "./delivered-line.ts";
import { EventKey } from "./event-key.ts";
import { type EventType, eventTypes } from "./event-type.ts";
import { fromIso, type Instant, parseInstant } from "./instant.ts";

/** What admission and partitioning read of a record. */
export interface DeliveredRecord {
  readonly key: EventKey;
  readonly type: EventType;
  readonly eventTime: Instant;
  readonly queueId: string | undefined;
  readonly conversationId: string | undefined;
}

const types: ReadonlySet<unknown> = new Set(eventTypes);
const opening = `,${memberOpening}`;
const beforeValue = ',"floodgate":'.length;

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
  isOptionalText(value["queueId"]) &&
  isOptionalText(value["conversationId"]) &&
  (value["enrichment"] === undefined || t.UnknownRecord.is(value["enrichment"]));

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Base64 characters at the end of a record that are decoded first: the member without an enrichment is shorter. A
 * multiple of four, so that they decode by themselves.
 */
const tailCharacters = 576;

/**
 * The member as deliveredLine writes it, where its texts are plain ASCII without escapes and no enrichment follows: at
 * the very end of a line. Anything else is parsed.
 */
const plainMember =
  /,"floodgate":\{"v":1,"key":"([0-9a-f]{32})","messageId":"[ !#-[\]-~]*","receivedAt":"[ !#-[\]-~]*","eventTime":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","type":"([ !#-[\]-~]*)"(?:,"conversationId":"([ !#-[\]-~]*)")?(?:,"queueId":"([ !#-[\]-~]*)")?\}\}$/;

const readPlain = (text: string): DeliveredRecord | undefined => {
  const [, key, eventTime = "", type, conversationId, queueId] = plainMember.exec(text) ?? [];
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
        type: member.type,
        eventTime: parseInstant(member.eventTime) ?? arrivedAt,
        queueId: member.queueId,
        conversationId: member.conversationId,
      }
    : undefined;

const readMember = (text: string, arrivedAt: Instant): DeliveredRecord | undefined => {
  const start = text.lastIndexOf(opening);
  return start < 0 ? undefined : toRecord(parse(text.slice(start + beforeValue, text.lastIndexOf("}"))), arrivedAt);
};

/**
 * The end of a record, one character per byte, without decoding the vendor's part before it; empty where the text is
 * no base64. `atob` takes a third of Buffer's time for so little.
 */
const tailOf = (data: string): string => {
  try {
    return data.length % 4 === 0 ? atob(data.slice(-tailCharacters)) : "";
  } catch {
    return "";
  }
};

const readWhole = (data: string, recordId: string, arrivedAt: Instant): DeliveredRecord | undefined => {
  const body = Buffer.from(data, "base64").toString("utf8");
  const decoded = decodeMessage({ messageId: recordId, body, receivedAt: arrivedAt, receiveCount: 1 });
  return E.isRight(decoded) ? decoded.right : undefined;
};

/**
 * Reads a Firehose record (base64): the member that process-batch spliced in, or, for a record that another producer
 * put on the stream, the event itself. `undefined`: it is no event.
 */
export const readDeliveredLine = (data: string, recordId: string, arrivedAt: Instant): DeliveredRecord | undefined => {
  return (
    readPlain(tailOf(data)) ??
    readMember(Buffer.from(data, "base64").toString("utf8"), arrivedAt) ??
    readWhole(data, recordId, arrivedAt)
  );
};
