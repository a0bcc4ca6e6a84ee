import * as t from "io-ts";
import type { Enrichment } from "./enrichment.ts";
import { EventKey } from "./event-key.ts";
import { type EventType, eventTypes } from "./event-type.ts";
import type { GenesysEvent } from "./genesys-event.ts";
import { toIso } from "./instant.ts";

const EventTypeC: t.Type<EventType, EventType, unknown> = t.keyof(
  Object.fromEntries(eventTypes.map((type) => [type, null])) as Record<EventType, null>,
  "EventType",
);

/** The member that Floodgate adds to every event it delivers; ours, so strict. */
export const FloodgateMember = t.intersection(
  [
    t.strict({
      v: t.literal(1),
      key: EventKey,
      messageId: t.string,
      receivedAt: t.string,
      eventTime: t.string,
      type: EventTypeC,
    }),
    t.partial({ conversationId: t.string, queueId: t.string, enrichment: t.UnknownRecord }),
  ],
  "FloodgateMember",
);
export type FloodgateMember = t.TypeOf<typeof FloodgateMember>;

/** How the member starts in a delivered line; transform-records looks for the last one. */
export const memberOpening = '"floodgate":{"v":1,';

/** Firehose takes records of at most 1,000 KiB, measured before base64. */
export const maximumRecordBytes = 1_000 * 1024;

const memberOf = (event: GenesysEvent, enrichment: Enrichment | undefined): FloodgateMember => ({
  v: 1,
  key: event.key,
  messageId: event.messageId,
  receivedAt: toIso(event.receivedAt),
  eventTime: toIso(event.eventTime),
  type: event.type,
  ...(event.conversationId === undefined ? {} : { conversationId: event.conversationId }),
  ...(event.queueId === undefined ? {} : { queueId: event.queueId }),
  ...(enrichment === undefined ? {} : { enrichment }),
});

/**
 * A line break can only be white space between tokens of a JSON text, and a line of JSON lines must not have one:
 * it becomes a space, and every token stays byte for byte what it was.
 */
const onOneLine = (text: string): string =>
  text.includes("\n") || text.includes("\r") ? text.replaceAll(/[\r\n]/g, " ") : text;

/** The event's own text with the `floodgate` member spliced in before the last brace; nothing is encoded again. */
export const deliveredLine = (event: GenesysEvent, enrichment?: Enrichment): string => {
  const text = onOneLine(event.text);
  const brace = text.lastIndexOf("}");
  const member = `"floodgate":${JSON.stringify(memberOf(event, enrichment))}`;
  return `${text.slice(0, brace)},${member}${text.slice(brace)}`;
};
