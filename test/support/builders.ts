import { decodeMessage } from "../../src/event/decode-message.ts";
import type { GenesysEvent } from "../../src/event/genesys-event.ts";
import type { Message } from "../../src/event/message.ts";

export const receivedAt = Date.UTC(2026, 0, 5, 9, 0, 30);
export const eventTime = Date.UTC(2026, 0, 5, 9, 0, 20, 723);

let created = 0;

/** A message with a messageId of its own. */
export const message = (body: string, given: Partial<Message> = {}): Message => {
  created += 1;
  return { messageId: `message-${created}`, body, receivedAt, receives: 1, ...given };
};

export const envelope = (
  suffix: string,
  eventBody: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    version: "0",
    id: "eb000000-0000-4000-8000-0000000000aa",
    "detail-type": `v2.detail.events.conversation.{id}.${suffix}`,
    source: "aws.partner/genesys.com/cloud/11111111-2222-4333-8444-555555555555/routing-events-dev",
    time: "2026-01-05T09:00:21Z",
    detail: { topicName: "topic", version: "2", eventBody, timestamp: "2026-01-05T09:00:21.043Z" },
    ...given,
  });

export const queueEntryText = (conversationId: string, queueId: string | undefined = "q-1", time = eventTime): string =>
  envelope("acd.start", { eventTime: time, conversationId, ...(queueId === undefined ? {} : { queueId }) });

export const eventOf = (source: Message): GenesysEvent => {
  const decoded = decodeMessage(source);
  if (decoded._tag === "Left") throw new Error(decoded.left.reason);
  return decoded.right;
};

/** The same event in a message of another text. */
export const withBody = (event: GenesysEvent, body: string): GenesysEvent => ({
  ...event,
  message: { ...event.message, body },
});
