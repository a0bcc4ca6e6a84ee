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

/** What of a stack's configuration the verdict depends on. */
export interface Expected {
  readonly hasOrganisation: boolean;
  /** A share of malformed events up to which nothing is wrong. */
  readonly malformedPercent: number;
}

const malformedOf = ({ parked }: Status): number => parked.byReason["malformed"] ?? 0;

/** The worst that is to be said of a stack, first what stops the flow. */
export const verdictOf = (status: Status, { hasOrganisation, malformedPercent }: Expected, now: number): Verdict => {
  const bad = (text: string): Verdict => ({ isGood: false, text });
  const open = new Map(status.breakers.map((breaker) => [breaker.name, breaker]));
  const operator = open.get("operator");
  const sink = open.get("sink");
  if (operator !== undefined) {
    return bad(
      `Paused by ${operator.by} ${duration(now - operator.openedAt)} ago: ${operator.reason}. Ask before you end it -> npx floodgate resume`,
    );
  }
  if (sink !== undefined) {
    return bad(
      `Nothing has got through for ${duration(now - sink.openedAt)}: ${sink.reason}. Events wait in the buffer; the flow resumes by itself${sink.reason.includes("Refused") ? " once that is mended" : ""}. -> docs/troubleshooting.md, Nothing flows`,
    );
  }
  if (!["Enabled", "Enabling", "Updating"].includes(status.mapping.state)) {
    return bad(
      `Reading is switched off (${status.mapping.state}); it is switched on again within a minute. -> npx floodgate resume`,
    );
  }
  if ((status.backlog.ageSeconds ?? 0) > oldBacklogSeconds) {
    return bad(
      "The oldest event has been waiting for more than 15 min. After a pause that is normal while the buffer drains; else -> docs/troubleshooting.md, Lambda concurrency throttling",
    );
  }
  if (status.errors.objects > 0) {
    return bad(`Firehose has given up on ${errorsOf(status)}; they lie under errors/. -> npx floodgate failed import`);
  }
  const malformed = malformedOf(status);
  if (status.parked.events > malformed)
    return bad(`${number(status.parked.events - malformed)} events are parked. -> npx floodgate failed list`);
  if ((status.malformedPercent ?? 0) > malformedPercent)
    return bad(
      `${(status.malformedPercent ?? 0).toFixed(1)} % of the last five minutes' events are malformed, above the ${malformedPercent} % of alarms.malformedPercent. -> npx floodgate failed list --reason malformed`,
    );
  if (hasOrganisation && (status.map === null || now - status.map.checkedAt > oldMapMilliseconds)) {
    return bad("The queue priority map is missing or old. -> npx floodgate map refresh");
  }
  return {
    isGood: true,
    text:
      malformed === 0 ? "Events flow." : `Events flow; ${number(malformed)} malformed ones are parked with their text.`,
  };
};
