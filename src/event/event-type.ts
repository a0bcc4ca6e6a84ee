/** Suffixes of the topics `v2.detail.events.conversation.{id}.<suffix>` (Genesys SDK v259, notificationMappings.json). */
export const conversationTopics = [
  "acd.start",
  "acd.end",
  "customer.start",
  "customer.end",
  "user.start",
  "user.end",
  "acw",
  "wrapup",
  "contact",
  "flow.start",
  "flow.end",
  "flow.outcome",
  "outbound",
  "voicemail.start",
  "voicemail.end",
  "attributes",
] as const;

/**
 * What an event is, as far as Floodgate tells apart. The list is closed because it is a partition key: topics that
 * Genesys adds arrive as `other` and cannot multiply the partitions.
 */
export const eventTypes = [...conversationTopics, "conversation", "other"] as const;

export type EventType = (typeof eventTypes)[number];

/** An interaction entered a queue; the only type that admission looks at. */
export const queueEntry = "acd.start" satisfies EventType;

/** What a queue entry is called that admission set aside: nobody takes it for one that was admitted. */
export const excessEntry = `${queueEntry}-excess` as const;

/** What every topic of a conversation begins with; `{id}` stands there as it is. */
export const conversationPrefix = "v2.detail.events.conversation.{id}.";
const shortForms: ReadonlyMap<string, EventType> = new Map([
  ["routing.queued", queueEntry],
  ["Conversation:Created", "conversation"],
  ["Conversation:Updated", "conversation"],
]);
const bySuffix: ReadonlyMap<string, EventType> = new Map(conversationTopics.map((suffix) => [suffix, suffix]));

/** The type that a `detail-type`, or the `type` of a short form, stands for. */
export const eventTypeOf = (name: string): EventType =>
  shortForms.get(name) ??
  (name.startsWith(conversationPrefix) ? bySuffix.get(name.slice(conversationPrefix.length)) : undefined) ??
  "other";
