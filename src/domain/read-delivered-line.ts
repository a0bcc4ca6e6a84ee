import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { decodeMessage } from "./decode-message.ts";
import { type FloodgateMember, memberOpening } from "./delivered-line.ts";
import { EventKey } from "./event-key.ts";
import { type EventType, eventTypes } from "./event-type.ts";
import { type Instant, parseInstant } from "./instant.ts";

/** What admission and partitioning read of a record. */
export interface DeliveredRecord {
  readonly key: EventKey;
  readonly type: EventType;
  readonly eventTime: Instant;
  readonly queueId: string | undefined;
  readonly conversationId: string | undefined;
}

const types: ReadonlySet<unknown> = new Set(eventTypes);
const opening = Buffer.from(`,${memberOpening}`);
const beforeValue = ',"floodgate":'.length;
const closeBrace = "}".charCodeAt(0);

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

/** The member of a line of ours, without parsing the vendor's part before it. */
const lastMember = (data: Buffer): unknown => {
  const start = data.lastIndexOf(opening);
  const end = data.lastIndexOf(closeBrace);
  return start < 0 ? undefined : parse(data.toString("utf8", start + beforeValue, end));
};

const readWhole = (data: Buffer, recordId: string, arrivedAt: Instant): DeliveredRecord | undefined => {
  const message = { messageId: recordId, body: data.toString("utf8"), receivedAt: arrivedAt, receiveCount: 1 };
  const decoded = decodeMessage(message);
  return E.isRight(decoded) ? decoded.right : undefined;
};

/**
 * Reads a Firehose record: the member that process-batch spliced in, or, for a record that another producer put
 * on the stream, the event itself. `undefined`: it is no event.
 */
export const readDeliveredLine = (data: Buffer, recordId: string, arrivedAt: Instant): DeliveredRecord | undefined => {
  const member = lastMember(data);
  if (!isFloodgateMember(member)) return readWhole(data, recordId, arrivedAt);
  return {
    key: member.key,
    type: member.type,
    eventTime: parseInstant(member.eventTime) ?? arrivedAt,
    queueId: member.queueId,
    conversationId: member.conversationId,
  };
};
