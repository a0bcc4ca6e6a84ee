import * as t from "io-ts";
import type { Enrichment } from "../enrichment/enrichment.ts";
import { EventKey } from "../event/event-key.ts";
import { eventTypes, excessEntry } from "../event/event-type.ts";
import type { GenesysEvent } from "../event/genesys-event.ts";
import { renameMember } from "../text/json-text.ts";
import { oneOf } from "../text/one-of.ts";
import { toIso } from "../time/instant.ts";

/** Why admission set a queue entry aside; a line says so under the type `acd.start-excess`. */
export const excessReasons = ["lowPriority", "rateLimited"] as const;
export type ExcessReason = (typeof excessReasons)[number];

/** The member that Floodgate adds to every event it delivers; ours, so strict. */
export const FloodgateMember = t.exact(
  t.intersection([
    t.type({
      v: t.literal(1),
      key: EventKey,
      messageId: t.string,
      receivedAt: t.string,
      eventTime: t.string,
      type: oneOf("EventType or excess", [...eventTypes, excessEntry]),
    }),
    t.partial({
      excess: oneOf("ExcessReason", excessReasons),
      conversationId: t.string,
      queueId: t.string,
      trace: t.string,
      enrichment: t.UnknownRecord,
    }),
  ]),
  "FloodgateMember",
);
export type FloodgateMember = t.TypeOf<typeof FloodgateMember>;

const memberName = "floodgate";

/** What a member of our name is called that an event brought along, such as a delivered line that is fed in again. */
const broughtName = "floodgateReceived";

/** How every delivered line begins, as far as the member's value. */
export const lineOpening = `{"${memberName}":`;

/** Firehose takes records of at most 1,000 KiB, measured before base64. */
export const maximumRecordBytes = 1_000 * 1024;

/** The last offer of a batch has to be answered, and what it leaves behind to be kept; in milliseconds. */
export const afterLastTurn = 25_000;

const memberOf = (event: GenesysEvent, enrichment: Enrichment | undefined): FloodgateMember => ({
  v: 1,
  key: event.key,
  messageId: event.message.messageId,
  receivedAt: toIso(event.message.receivedAt),
  eventTime: toIso(event.eventTime),
  type: event.type,
  ...(event.conversationId === undefined ? {} : { conversationId: event.conversationId }),
  ...(event.queueId === undefined ? {} : { queueId: event.queueId }),
  ...(event.message.trace === undefined ? {} : { trace: event.message.trace }),
  ...(enrichment === undefined ? {} : { enrichment }),
});

/**
 * A line break can only be white space between tokens of a JSON text, and a line of JSON lines must not have one:
 * it becomes a space, and every token stays byte for byte what it was.
 */
const onOneLine = (text: string): string =>
  text.includes("\n") || text.includes("\r") ? text.replaceAll(/[\r\n]/g, " ") : text;

/** The name can stand in a text only as it is, or with an escape in it. */
const mayBringMember = (text: string): boolean => text.includes(memberName) || text.includes("\\u");

/**
 * The event's own text with the `floodgate` member spliced in as its first; nothing is encoded again. First, because a
 * reader that stops at a match has not to read the rest. A member of that name which the event brought along is renamed,
 * so that readers that take the first and readers that take the last find the same one.
 */
export const deliveredLine = (event: GenesysEvent, enrichment?: Enrichment): string => {
  const received = onOneLine(event.message.body);
  const text = mayBringMember(received) ? renameMember(received, memberName, broughtName) : received;
  return `${lineOpening}${JSON.stringify(memberOf(event, enrichment))},${text.slice(text.indexOf("{") + 1)}`;
};
