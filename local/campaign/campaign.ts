import { seededRandom } from "../clock.ts";
import { envelopeText } from "../models/bus.ts";
import { randomId } from "../text.ts";
import { drawScript, pickQueue, pickUser, type Random } from "./draw-script.ts";
import type { InputEvent } from "./input-event.ts";
import type { Script } from "./script.ts";
import { type ScriptEvent, scriptEvents, source } from "./script-events.ts";

interface CampaignOptions {
  /** Events that there are at least; the last conversation is told to its end. */
  readonly count: number;
  readonly seed: number;
  /** Conversations that begin in a minute of a busy hour. */
  readonly perMinute: number;
  /** Epoch milliseconds of the first conversation. */
  readonly start: number;
  /** How busy a moment is, against the busiest of its day; absent: as a working day has it. */
  readonly busyness?: (instant: number) => number;
  /** What the stack subscribes to: literal detail-types; empty: everything. */
  readonly topics?: ReadonlyArray<string>;
}

/** An event, and so many milliseconds after the campaign's start it is published. */
export interface CampaignEvent extends InputEvent {
  readonly at: number;
}

interface Campaign {
  readonly scripts: ReadonlyArray<Script>;
  /** In the order in which they are published. */
  readonly events: ReadonlyArray<CampaignEvent>;
}

/** How busy each hour of a day is, UTC: a peak before noon and a lower one in the afternoon. */
const hours = [
  0.04, 0.03, 0.02, 0.02, 0.03, 0.08, 0.2, 0.45, 0.75, 1, 1, 0.95, 0.7, 0.75, 0.85, 0.85, 0.75, 0.6, 0.4, 0.3, 0.2,
  0.14, 0.1, 0.06,
];

/** Shares of all events that are published again, late, or are no event of a conversation as Genesys documents it. */
const duplicateShare = 0.02;
const lateShare = 0.05;
const latestMilliseconds = 90_000;
const bareShare = 0.02;
const shortFormShare = 0.02;
const malformedShare = 0.005;
const copyWithin = 5_000;

const shortForm = "Conversation:Updated";

/** Whether the stack subscribes to a detail-type. */
type IsTopic = (detailType: string) => boolean;

/** How busy an hour is, against the busiest of its day. */
const busynessOfDay = (instant: number): number => hours[new Date(instant).getUTCHours()] ?? 1;

const envelope = (random: Random, at: number, detail: unknown): string =>
  envelopeText({
    id: randomId(random),
    detailType: shortForm,
    source,
    time: at,
    detail: JSON.stringify(detail),
  });

/** What else comes to a queue beside the events of conversations, as it has been seen. */
const strayOf = (
  random: Random,
  { at, text }: ScriptEvent,
  script: Script,
  isTopic: IsTopic,
): InputEvent | undefined => {
  const left = random();
  if (left < malformedShare) return { door: "buffer", text: text.slice(0, Math.floor(text.length / 2)) };
  if (left < malformedShare + bareShare) {
    const bare = {
      type: "routing.queued",
      contactId: randomId(random),
      queueId: pickQueue(random),
      queueName: "Campaign",
    };
    return { door: "buffer", text: JSON.stringify(bare) };
  }
  if (left < malformedShare + bareShare + shortFormShare && isTopic(shortForm)) {
    const detail = { id: script.id, attributes: { userId: pickUser(random) } };
    return { door: "bus", text: envelope(random, at, detail) };
  }
  return undefined;
};

const withNewId = (random: Random, text: string): string => text.replace(/"id":"[^"]+"/, `"id":"${randomId(random)}"`);

/** What is published of an event: itself, perhaps late, perhaps twice (half of them under a new id), and what strays in. */
const publish = (
  random: Random,
  event: ScriptEvent,
  script: Script,
  isTopic: IsTopic,
): ReadonlyArray<CampaignEvent> => {
  const at = event.at + (random() < lateShare ? Math.floor(random() * latestMilliseconds) : 0);
  const published: CampaignEvent[] = [{ door: "bus", text: event.text, at }];
  if (random() < duplicateShare) {
    const text = random() < 0.5 ? event.text : withNewId(random, event.text);
    published.push({ door: "bus", text, at: at + Math.floor(random() * copyWithin) });
  }
  const stray = strayOf(random, event, script, isTopic);
  if (stray !== undefined) published.push({ ...stray, at });
  return published;
};

/**
 * A campaign's conversations, the same for the same seed: over 200 queues (Zipf 1.1) and 500 users, as many in an hour as
 * a working day has, with their events as Genesys documents them; 2 % of the events twice, 5 % up to 90 s late.
 */
export const campaign = ({
  count,
  seed,
  perMinute,
  start,
  busyness = busynessOfDay,
  topics = [],
}: CampaignOptions): Campaign => {
  const random = seededRandom(seed);
  const isTopic: IsTopic = (detailType) => topics.length === 0 || topics.includes(detailType);
  const isWanted = ({ topic }: ScriptEvent): boolean => isTopic(`v2.detail.events.conversation.{id}.${topic}`);
  const scripts: Script[] = [];
  const events: CampaignEvent[] = [];
  // Of topics that no conversation has there are no events, however many conversations.
  for (let begins = start; events.length < count && scripts.length < count; ) {
    const script = drawScript(random, Math.floor(begins));
    scripts.push(script);
    for (const event of scriptEvents(random, script).filter(isWanted))
      events.push(...publish(random, event, script, isTopic));
    begins += (-60_000 * Math.log(1 - random())) / (perMinute * busyness(begins));
  }
  const inOrder = events.map((event) => ({ ...event, at: event.at - start })).toSorted((a, b) => a.at - b.at);
  return { scripts, events: inOrder };
};
