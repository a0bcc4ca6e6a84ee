import type { FoundEvent } from "./found-event.ts";

/** Whose part of a conversation it is. */
export type Part = "customer" | "flow" | "queue" | "agent" | "other";

/** What one participant did, from when to when; instants in epoch milliseconds. */
export interface TimelineRow {
  readonly part: Part;
  readonly participantId: string | null;
  readonly queueId: string | null;
  readonly userId: string | null;
  readonly from: number;
  /** Of the last event. */
  readonly to: number;
  /** When an agent took the interaction; null where that is not known, and where nobody did. */
  readonly answeredAt: number | null;
  readonly events: ReadonlyArray<FoundEvent>;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly rows: ReadonlyArray<TimelineRow>;
  /** Events of which nobody can tell when they happened, such as malformed ones. */
  readonly undated: ReadonlyArray<FoundEvent>;
  readonly waitingMilliseconds: number;
  readonly talkingMilliseconds: number;
  /** What a complete conversation would have, in words. */
  readonly missing: ReadonlyArray<string>;
}

const parts: ReadonlyArray<readonly [prefix: string, part: Part]> = [
  ["customer.", "customer"],
  ["flow.", "flow"],
  ["acd.", "queue"],
  ["user.", "agent"],
  ["acw", "agent"],
  ["wrapup", "agent"],
  ["voicemail.", "agent"],
  ["contact", "customer"],
  ["outbound", "customer"],
];

const partOf = ({ type }: FoundEvent): Part => parts.find(([prefix]) => type.startsWith(prefix))?.[1] ?? "other";

const timeOf = ({ eventTime }: FoundEvent): number => Date.parse(eventTime);

/** Events without a participant, as short forms are, belong together by what they tell of. */
const rowKey = (event: FoundEvent): string => `${partOf(event)} ${event.participantId ?? event.queueId ?? ""}`;

const firstNamed = (events: ReadonlyArray<FoundEvent>, name: "queueId" | "userId" | "participantId"): string | null =>
  events.find((event) => event[name] !== null)?.[name] ?? null;

/** An entry ends with the name of the agent who answered, if one did: that is when the agent's ringing ends as well. */
const answeredAt = (events: ReadonlyArray<FoundEvent>, all: ReadonlyArray<FoundEvent>): number | null => {
  const [first, last] = [events[0], events.findLast(({ type }) => type === "user.end") ?? events.at(-1)];
  const userId = firstNamed(events, "userId");
  if (first === undefined || last === undefined || userId === null) return null;
  const answer = all.find(
    (event) =>
      event.type === "acd.end" &&
      event.userId === userId &&
      timeOf(event) >= timeOf(first) &&
      timeOf(event) <= timeOf(last),
  );
  return answer === undefined ? null : timeOf(answer);
};

const rowOf = (events: ReadonlyArray<FoundEvent>, all: ReadonlyArray<FoundEvent>): TimelineRow => {
  const times = events.map(timeOf);
  const [first] = events;
  const part = first === undefined ? "other" : partOf(first);
  return {
    part,
    participantId: firstNamed(events, "participantId"),
    queueId: firstNamed(events, "queueId"),
    userId: part === "agent" ? firstNamed(events, "userId") : null,
    from: Math.min(...times),
    to: Math.max(...times),
    answeredAt: part === "agent" ? answeredAt(events, all) : null,
    events,
  };
};

const endOf = (row: TimelineRow, type: string): number | undefined => {
  const found = row.events.findLast((event) => event.type === type);
  return found === undefined ? undefined : timeOf(found);
};

/** How long somebody waited in a queue; 0 while its end is not known. */
export const waitingIn = (row: TimelineRow): number => {
  const [begin, end] = [endOf(row, "acd.start"), endOf(row, "acd.end")];
  return row.part === "queue" && begin !== undefined && end !== undefined ? Math.max(0, end - begin) : 0;
};

/** How long an agent talked, without the ringing; 0 for one who did not answer. */
export const talkingIn = (row: TimelineRow): number => {
  const end = endOf(row, "user.end");
  return row.answeredAt === null || end === undefined ? 0 : Math.max(0, end - row.answeredAt);
};

const pairs = [
  ["customer.start", "customer.end"],
  ["flow.start", "flow.end"],
  ["acd.start", "acd.end"],
  ["user.start", "user.end"],
  ["voicemail.start", "voicemail.end"],
] as const;

const nameOf = ({ queueId, userId, participantId }: TimelineRow): string => {
  if (userId !== null) return ` of agent ${userId}`;
  if (queueId !== null) return ` of queue ${queueId}`;
  return participantId === null ? "" : ` of participant ${participantId}`;
};

const missingOf = (row: TimelineRow): ReadonlyArray<string> =>
  pairs.flatMap(([start, end]) => {
    const count = (type: string): number => row.events.filter((event) => event.type === type).length;
    if (count(start) > count(end)) return [`${end}${nameOf(row)}, which began with ${start}`];
    return count(end) > count(start) ? [`${start}${nameOf(row)}, which ended with ${end}`] : [];
  });

/** A conversation begins and ends with its customer. */
const withoutCustomer = (events: ReadonlyArray<FoundEvent>): ReadonlyArray<string> =>
  events.some(({ type }) => type.startsWith("customer.")) ? [] : ["customer.start and customer.end"];

/** What happened at the same time in an order that is always the same. */
const byTime = (a: FoundEvent, b: FoundEvent): number => timeOf(a) - timeOf(b) || a.type.localeCompare(b.type);

/** The parts of a conversation in the order in which they began; undefined where no event tells a time. */
export const timelineOf = (found: ReadonlyArray<FoundEvent>): Timeline | undefined => {
  const isDated = (event: FoundEvent): boolean => !Number.isNaN(timeOf(event));
  const events = found.filter(isDated).toSorted(byTime);
  const groups = Map.groupBy(events, rowKey);
  const rows = [...groups.values()].map((group) => rowOf(group, events));
  if (rows.length === 0) return undefined;
  const sum = (of: (row: TimelineRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  return {
    from: Math.min(...rows.map(({ from }) => from)),
    to: Math.max(...rows.map(({ to }) => to)),
    rows: rows.toSorted((a, b) => a.from - b.from),
    undated: found.filter((event) => !isDated(event)),
    waitingMilliseconds: sum(waitingIn),
    talkingMilliseconds: sum(talkingIn),
    missing: [...withoutCustomer(events), ...rows.flatMap(missingOf)],
  };
};
