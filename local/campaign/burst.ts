import { seededRandom } from "../clock.ts";
import { envelopeText } from "../models/bus.ts";
import { randomId } from "../text.ts";
import { pickQueue, pickUser, type Random } from "./draw-script.ts";
import type { InputEvent } from "./input-event.ts";
import { source } from "./script-events.ts";

interface BurstOptions {
  readonly count: number;
  readonly seed: number;
  readonly perMinute: number;
  /** Epoch milliseconds of the first event. */
  readonly start: number;
}

/** Shares of the mix; what is left are further topics of the same conversations. */
const shares = { queueEntry: 0.6, userStart: 0.15, acdEnd: 0.1, bare: 0.02, shortForm: 0.03, malformed: 0.005 };
const duplicateShare = 0.02;
const lateShare = 0.05;
const latestSeconds = 90;

const envelope = (random: Random, detailType: string, time: number, detail: unknown): string =>
  envelopeText({ id: randomId(random), detailType, source, time, detail: JSON.stringify(detail) });

const topic = (random: Random, suffix: string, eventTime: number, body: Readonly<Record<string, unknown>>): string => {
  const conversationId = randomId(random);
  return envelope(random, `v2.detail.events.conversation.{id}.${suffix}`, eventTime, {
    topicName: `v2.detail.events.conversation.${conversationId}.${suffix}`,
    version: "2",
    eventBody: {
      eventTime,
      conversationId,
      participantId: randomId(random),
      sessionId: randomId(random),
      mediaType: "VOICE",
      provider: "Edge",
      direction: "INBOUND",
      ani: `tel:+1202555${String(Math.floor(random() * 10_000)).padStart(4, "0")}`,
      dnis: "tel:+12025550100",
      ...body,
    },
    metadata: { CorrelationId: randomId(random) },
    timestamp: new Date(eventTime + 200).toISOString(),
  });
};

const otherTopics = ["customer.start", "flow.start", "flow.end", "contact", "wrapup", "customer.end"];

const oneEvent = (random: Random, eventTime: number): InputEvent => {
  let left = random();
  const isOf = (share: number): boolean => {
    left -= share;
    return left < 0;
  };
  const user = pickUser(random);
  const queue = pickQueue(random);
  if (isOf(shares.malformed)) return { door: "buffer", text: `{"detail-type": "truncated ${randomId(random)}` };
  if (isOf(shares.bare)) {
    const bare = { type: "routing.queued", contactId: randomId(random), queueId: queue, queueName: "Campaign" };
    return { door: "buffer", text: JSON.stringify(bare) };
  }
  if (isOf(shares.shortForm)) {
    const detail = { id: randomId(random), attributes: { userId: user } };
    return { door: "bus", text: envelope(random, "Conversation:Updated", eventTime, detail) };
  }
  if (isOf(shares.queueEntry)) {
    return { door: "bus", text: topic(random, "acd.start", eventTime, { queueId: queue, routingPriority: 0 }) };
  }
  if (isOf(shares.userStart)) {
    return { door: "bus", text: topic(random, "user.start", eventTime, { queueId: queue, userId: user }) };
  }
  if (isOf(shares.acdEnd)) {
    const body = { queueId: queue, acdOutcome: "ANSWERED", answeredUserId: user };
    return { door: "bus", text: topic(random, "acd.end", eventTime, body) };
  }
  return {
    door: "bus",
    text: topic(random, otherTopics[Math.floor(random() * otherTopics.length)] ?? "contact", eventTime, {}),
  };
};

const withNewId = (random: Random, { door, text }: InputEvent): InputEvent => ({
  door,
  text: text.replace(/"id":"[^"]+"/, `"id":"${randomId(random)}"`),
});

/**
 * A burst of single events, the same for the same seed, for loads and faults: a mix of topics over 200 queues and 500 users,
 * with 2 % of events arriving twice (half of them published again under a new id), 5 % up to 90 s late, some malformed.
 */
export const burst = ({ count, seed, perMinute, start }: BurstOptions): ReadonlyArray<InputEvent> => {
  const random = seededRandom(seed);
  const events: InputEvent[] = [];
  while (events.length < count) {
    const publishedAt = start + Math.floor((events.length * 60_000) / perMinute);
    const lateness = random() < lateShare ? Math.floor(random() * latestSeconds * 1000) : 0;
    const event = oneEvent(random, publishedAt - lateness);
    events.push(event);
    if (events.length < count && event.door === "bus" && random() < duplicateShare) {
      events.push(random() < 0.5 ? event : withNewId(random, event));
    }
  }
  return events;
};
