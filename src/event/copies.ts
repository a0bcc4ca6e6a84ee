import type { EventKey } from "./event-key.ts";
import type { GenesysEvent } from "./genesys-event.ts";

/** All copies of one event within a batch; the first is the one to deliver, the others share its fate. */
export interface Copies {
  readonly first: GenesysEvent;
  readonly others: ReadonlyArray<GenesysEvent>;
}

export const groupCopies = (events: ReadonlyArray<GenesysEvent>): ReadonlyArray<Copies> => {
  const groups = new Map<EventKey, { first: GenesysEvent; others: GenesysEvent[] }>();
  for (const event of events) {
    const group = groups.get(event.key);
    if (group === undefined) groups.set(event.key, { first: event, others: [] });
    else group.others.push(event);
  }
  return [...groups.values()];
};

interface Triage {
  /** Not delivered yet. */
  readonly fresh: ReadonlyArray<Copies>;
  /** Delivered before; `messageId` names the copy that was. */
  readonly delivered: ReadonlyArray<{ readonly copies: Copies; readonly messageId: string }>;
}

/** Splits events by whether a copy of them was delivered before. */
export const triage = (groups: ReadonlyArray<Copies>, known: ReadonlyMap<EventKey, string>): Triage => {
  const fresh: Copies[] = [];
  const delivered: { copies: Copies; messageId: string }[] = [];
  for (const copies of groups) {
    const messageId = known.get(copies.first.key);
    const isAgain = copies.first.isForced === true && messageId !== copies.first.message.messageId;
    if (messageId === undefined || isAgain) fresh.push(copies);
    else delivered.push({ copies, messageId });
  }
  return { fresh, delivered };
};
