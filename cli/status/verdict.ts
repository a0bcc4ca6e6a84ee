import { duration, number } from "../terminal.ts";
import type { Status } from "./read-status.ts";

/** What is to be said of a stack in one sentence. */
export interface Verdict {
  readonly isGood: boolean;
  readonly text: string;
}

const oldBacklogSeconds = 15 * 60;
const oldMapMilliseconds = 7 * 24 * 60 * 60_000;

const errorsOf = ({ errors }: Status): string =>
  errors.records === null ? `${number(errors.objects)} objects of events` : `${number(errors.records)} events`;

/** The worst that is to be said of a stack, first what stops the flow. */
export const verdictOf = (status: Status, hasOrganisation: boolean, now: number): Verdict => {
  const bad = (text: string): Verdict => ({ isGood: false, text });
  const open = new Map(status.breakers.map((breaker) => [breaker.name, breaker]));
  const operator = open.get("operator");
  const sink = open.get("sink");
  if (operator !== undefined) {
    return bad(
      `Paused by ${operator.by} ${duration(now - operator.openedAt)} ago: ${operator.reason}. -> npx floodgate resume`,
    );
  }
  if (sink !== undefined) {
    return bad(
      `Held back for ${duration(now - sink.openedAt)}: ${sink.reason}. Events wait in the buffer; it ends by itself. -> docs/failures.md`,
    );
  }
  if (!["Enabled", "Enabling", "Updating"].includes(status.mapping.state)) {
    return bad(
      `The event source mapping is ${status.mapping.state}; within a minute it is mended. -> npx floodgate resume`,
    );
  }
  if ((status.backlog.ageSeconds ?? 0) > oldBacklogSeconds) {
    return bad(
      "The oldest event has waited for over 15 min. -> docs/troubleshooting.md, Lambda concurrency throttling",
    );
  }
  if (status.errors.objects > 0) {
    return bad(`Firehose has given up on ${errorsOf(status)}; they lie under errors/. -> npx floodgate failed import`);
  }
  if (status.parked.events > 0)
    return bad(`${number(status.parked.events)} events are parked. -> npx floodgate failed list`);
  if (hasOrganisation && (status.map === null || now - status.map.checkedAt > oldMapMilliseconds)) {
    return bad("The queue priority map is missing or old. -> npx floodgate map refresh");
  }
  return { isGood: true, text: "Events flow." };
};
