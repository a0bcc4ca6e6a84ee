import type { EventKey } from "../event/event-key.ts";
import type { PriorityMap } from "../priorities/priority-map.ts";
import type { Instant } from "../time/instant.ts";
import {
  type Decision,
  isClosing,
  type LogEntry,
  type MinuteLog,
  queueBytes,
  secondOf,
  shortKey,
} from "./admission-log.ts";

export interface AdmissionPolicy {
  readonly enabled: boolean;
  readonly minPriority: number;
  readonly maxEventsPerQueuePerSecond: number;
  readonly unknownQueue: "admit" | "drop";
  readonly excess: "drop" | "store";
}

/** A queue entry that asks for admission. */
export interface Entry {
  readonly key: EventKey;
  readonly queueId: string;
  readonly eventTime: Instant;
}

/** `closing`: the minute's log is about to expire, and nothing may be decided by what may be left of it. */
export type Admission = Decision | "closing";

/** What an entry's queue is allowed: so many entries per aligned window of so many seconds. */
interface Allowance {
  readonly isLowPriority: boolean;
  readonly maxEvents: number;
  readonly perSeconds: number;
}

const allowanceOf = (queueId: string, map: PriorityMap | undefined, policy: AdmissionPolicy): Allowance => {
  const queue = map?.queues.get(queueId);
  const isUnknown = map !== undefined && queue === undefined;
  return {
    isLowPriority:
      queue === undefined ? isUnknown && policy.unknownQueue === "drop" : queue.priority < policy.minPriority,
    maxEvents: queue?.maxEvents ?? policy.maxEventsPerQueuePerSecond,
    perSeconds: queue?.perSeconds ?? 1,
  };
};

const inWindow = (
  seconds: ReadonlyArray<number | undefined> | undefined,
  second: number,
  perSeconds: number,
): number => {
  if (seconds === undefined) return 0;
  const start = second - (second % perSeconds);
  let count = 0;
  for (let each = start; each < start + perSeconds; each += 1) count += seconds[each] ?? 0;
  return count;
};

export interface Decided {
  /** By position, for the entries that were asked for. */
  readonly admissions: ReadonlyArray<Admission>;
  /** What has to be appended to the log before any of it may be answered. */
  readonly fresh: ReadonlyArray<LogEntry>;
}

/** What is needed of a queue, found once per batch. */
interface QueueState {
  readonly queue: string;
  readonly allowance: Allowance;
  readonly before: ReadonlyArray<number | undefined> | undefined;
  /** Entries that this batch admits, by second. */
  readonly now: (number | undefined)[];
}

const decide = ({ allowance, before, now }: QueueState, second: number): Decision => {
  const { isLowPriority, maxEvents, perSeconds } = allowance;
  if (isLowPriority) return "lowPriority";
  const count = inWindow(before, second, perSeconds) + inWindow(now, second, perSeconds);
  if (count >= maxEvents) return "rateLimited";
  now[second] = (now[second] ?? 0) + 1;
  return "admitted";
};

/**
 * Decides about entries of one minute, in their order, by what its log says: an event that is in the log gets the
 * decision written there; any other is dropped for its priority, admitted while fewer than its queue is allowed were
 * admitted in its window, counting log and batch, or dropped.
 */
export const decideAdmission = (
  log: MinuteLog,
  entries: ReadonlyArray<Entry>,
  map: PriorityMap | undefined,
  policy: AdmissionPolicy,
  now: Instant,
): Decided => {
  const closing = isClosing(log, now);
  const decidedNow = new Map<number, Decision>();
  const fresh: LogEntry[] = [];
  const states = new Map<string, QueueState>();
  const stateOf = (queueId: string): QueueState => {
    const known = states.get(queueId);
    if (known !== undefined) return known;
    const queue = queueBytes(queueId);
    const state = { queue, allowance: allowanceOf(queueId, map, policy), before: log.admitted.get(queue), now: [] };
    states.set(queueId, state);
    return state;
  };
  const admissions = entries.map((entry): Admission => {
    const key = shortKey(entry.key);
    const known = log.decisions.get(key) ?? decidedNow.get(key);
    if (known !== undefined) return known;
    if (closing) return "closing";
    const state = stateOf(entry.queueId);
    const second = secondOf(entry.eventTime);
    const decision = decide(state, second);
    decidedNow.set(key, decision);
    fresh.push({ queue: state.queue, second, decision, key });
    return decision;
  });
  return { admissions, fresh };
};
