import { burst } from "../campaign/burst.ts";
import type { InputEvent } from "../campaign/input-event.ts";
import { seededRandom } from "../clock.ts";
import type { Swarm } from "./swarm.ts";

/** An event and when it is put before its door, in milliseconds of the run. */
interface TimedEvent {
  readonly at: number;
  readonly event: InputEvent;
}

interface Workload {
  readonly events: ReadonlyArray<TimedEvent>;
  /** How often each kind of fault of the bus occurs. */
  readonly injected: ReadonlyMap<string, number>;
}

const mostLate = 3 * 60_000;

/** What JSON of another maker has: spaces, escapes that nobody needs, numbers that no JavaScript can hold. */
const oddly = '{ "serial" : 12345678901234567890, "note":"\\u00fc \\/ e\\u0301" ,';

/** Some events are written in a way that does not survive being parsed and written again. */
const spelled = (event: InputEvent, index: number): InputEvent =>
  index % 7 === 3 && event.text.startsWith('{"') ? { ...event, text: event.text.replace("{", oddly) } : event;

/** The events of a swarm in the order of their sending: copies and disorder are the bus's. */
export const workloadOf = (
  { seed, events: count, perMinute, faults, only }: Swarm,
  start: number,
  given?: ReadonlyArray<InputEvent>,
): Workload => {
  const random = seededRandom(seed ^ 0x5bd1e995);
  const rateOf = (kind: string): number => faults.find((fault) => fault.kind === kind)?.rate ?? 0;
  const injected = new Map<string, number>();
  const happens = (kind: string): boolean => {
    const does = random() < rateOf(kind);
    if (does) injected.set(kind, (injected.get(kind) ?? 0) + 1);
    return does;
  };
  const kept = only === undefined ? undefined : new Set(only);
  const events = given ?? burst({ count, seed, perMinute, start }).map(spelled);
  const timed = events.flatMap((event, index): ReadonlyArray<TimedEvent> => {
    const due = Math.floor((index * 60_000) / perMinute);
    const at = due + (happens("bus-disorder") ? Math.floor(random() * mostLate) : 0);
    const copies = happens("bus-copies") ? [{ at: at + Math.floor(random() * mostLate), event }] : [];
    return kept?.has(index) === false ? [] : [{ at, event }, ...copies];
  });
  return { events: timed.toSorted((a, b) => a.at - b.at), injected };
};

/** Events of every kind of outcome, sent when nothing goes wrong any more: each has to be written. */
export const freshEvents = (now: number) => {
  const events = burst({ count: 12, seed: 4_711, perMinute: 60, start: now }).filter(({ door }) => door === "bus");
  const conversations = events.map(({ text }) => /"conversationId":"([^"]+)"/.exec(text)?.[1]);
  return { events, conversations: conversations.filter((conversation) => conversation !== undefined) };
};
