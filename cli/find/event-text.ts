import { paint, plain } from "../terminal.ts";
import type { FoundEvent } from "./found-event.ts";

const words: Partial<Record<FoundEvent["outcome"], string>> = { setAside: "set aside" };

const colours = {
  delivered: "green",
  setAside: "yellow",
  dropped: "yellow",
  retrying: "yellow",
  parked: "red",
} as const;

export const outcomeText = ({ outcome }: FoundEvent): string => paint(colours[outcome], words[outcome] ?? outcome);

const line = (name: string, value: string | number | null): ReadonlyArray<string> =>
  value === null || value === "" ? [] : [`    ${name.padEnd(12)} ${plain(String(value))}`];

/** Everything that is known of an event, a line each. */
export const eventText = (event: FoundEvent): string =>
  [
    `  ${outcomeText(event)}  ${plain(event.type)}  ${event.eventTime}`,
    ...line("received", event.receivedAt),
    ...line("handed over", event.deliveredAt),
    ...line("lies under", event.prefix),
    ...line("admission", event.decision),
    ...line("failed", event.reason),
    ...line("attempts", event.attempts),
    ...line("next attempt", event.nextAt),
    ...line("key", event.key),
    ...line("messageId", event.messageId),
  ].join("\n");
