import { type EventKey, eventKeyOf } from "../../src/event/event-key.ts";
import { conversationPrefix } from "../../src/event/event-type.ts";

/** What a test event is for, and what has to become of it. */
export interface TestEvent {
  readonly scene: string;
  readonly key: EventKey;
  readonly detailType: string;
  /** JSON, as it has to stand in the delivered line. */
  readonly detail: string;
  readonly door: "bus" | "buffer";
  /** It is put a second time once the first copy has been delivered. */
  readonly hasCopy: boolean;
}

/** What the scenes need to know of a stack. */
export interface Ground {
  readonly run: string;
  readonly now: number;
  readonly topics: ReadonlyArray<string>;
  /** Events can be put onto the stack's own bus; else they go straight into the buffer, in a type that nobody reads. */
  readonly hasBus: boolean;
  /** The `source` of what is put onto the bus. */
  readonly source: string;
  readonly admission: { readonly enabled: boolean; readonly limit: number };
  /** A queue whose entries admission sets aside. */
  readonly lowQueue: string | undefined;
}

/** Of a stack with a partner's bus: no consumer reads it, and no topic has this name. */
const testType = "floodgate.verify";
const total = 100;
/** Entries above the limit of a second. */
export const excessOfBurst = 10;
const largestBurst = 50;
const tenDays = 10 * 24 * 60 * 60_000;
const entered = `${conversationPrefix}acd.start`;

export const conversationOf = (run: string): string => `floodgate-verify-${run}`;

const maker = ({ run, now, hasBus }: Ground) => {
  let made = 0;
  return (scene: string, topic: string, more: object = {}): TestEvent => {
    made += 1;
    const detailType = hasBus ? topic : testType;
    const eventBody = JSON.stringify({ eventTime: now, conversationId: conversationOf(run), number: made, ...more });
    const key = eventKeyOf({ _tag: "Body", detailType, text: eventBody });
    return {
      scene,
      key,
      detailType,
      detail: `{"eventBody":${eventBody}}`,
      door: hasBus ? "bus" : "buffer",
      hasCopy: scene === "copy",
    };
  };
};

/** Entries of one queue in one second of event time. */
const burst = (make: ReturnType<typeof maker>, { run, now, admission }: Ground): ReadonlyArray<TestEvent> => {
  const second = { eventTime: now - (now % 1000), queueId: conversationOf(run) };
  return Array.from({ length: admission.limit + excessOfBurst }, () => make("burst above the limit", entered, second));
};

/** A hundred events, or a few more where the limit asks for them: as many scenes as the stack has ground for. */
export const testEvents = (ground: Ground): ReadonlyArray<TestEvent> => {
  const { topics, admission, lowQueue, now, hasBus } = ground;
  const make = maker(ground);
  const takes = (topic: string): boolean => topics.length === 0 || topics.includes(topic);
  const takesEntries = hasBus && admission.enabled && takes(entered);
  // An entry that names no queue is never limited.
  const onlyEntries = topics.length > 0 && topics.every((topic) => topic === entered);
  const usual = `${conversationPrefix}customer.start`;
  const plainTopic = onlyEntries ? entered : (topics.find((topic) => topic !== entered) ?? usual);
  const named = `${conversationPrefix}user.start`;
  const scenes = [
    make("copy", plainTopic),
    make("late", plainTopic, { eventTime: now - tenDays }),
    // A user that no organisation has.
    ...(takes(named) && hasBus ? [make("with a user", named, { userId: "f100d9a7-0000-4000-8000-000000000000" })] : []),
    ...(takesEntries && lowQueue !== undefined ? [make("low priority", entered, { queueId: lowQueue })] : []),
    ...(takesEntries && admission.limit <= largestBurst ? burst(make, ground) : []),
  ];
  const others = Array.from({ length: Math.max(1, total - 1 - scenes.length) }, () => make("plain", plainTopic));
  return [...others, ...scenes];
};

/** Members that the test events have; where one of them is redacted, nobody can tell what was sent. */
export const testMembers = ["eventTime", "conversationId", "number", "queueId", "userId"];

/** No JSON, so it can only be put straight into the buffer. */
export const malformedText = (run: string): string => `{"floodgate verify": ${conversationOf(run)}`;

/** An event as EventBridge would hand it over, for the buffer. */
export const envelopeOf = ({ detailType, detail }: TestEvent, { source, now }: Ground, id: string): string => {
  const head = { version: "0", id, "detail-type": detailType, source, time: new Date(now) };
  return `${JSON.stringify(head).slice(0, -1)},"detail":${detail}}`;
};
