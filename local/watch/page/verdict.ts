import type { Frame } from "../frame.ts";
import { clock, lasts, number, plural, rate } from "./words.ts";

export interface Verdict {
  readonly tone: "good" | "warn" | "bad";
  /** What is read out once when it changes. */
  readonly kind: string;
  readonly text: string;
  readonly more: string;
}

/** A buffer that holds more than this, and is read, is called draining. */
const muchWaits = 1_000;

const breakerOf = (frame: Frame, name: string) => frame.breakers.find((each) => each.name === name);

const isOn = (frame: Frame, name: string): boolean => frame.outages.some((each) => each.name === name && each.isOn);

const draining = (frame: Frame, waiting: string): Verdict => {
  const surplus = frame.perSecond.read - frame.perSecond.received;
  const halfMinutes = Math.ceil(frame.buffer.waiting / Math.max(1, surplus) / 30);
  return {
    tone: "warn",
    kind: "drains",
    text: `The buffer drains: ${waiting} events to go, nothing is lost`,
    more:
      surplus > 20 ? `About ${lasts(halfMinutes * 30_000)} at this pace.` : "More come in as fast as they are read.",
  };
};

const held = (frame: Frame, waiting: string): Verdict | undefined => {
  const [operator, sink] = [breakerOf(frame, "operator"), breakerOf(frame, "sink")];
  if (operator !== undefined)
    return {
      tone: "warn",
      kind: "paused",
      text: `Paused: ${waiting} events wait in the buffer, nothing is lost`,
      more: `By ${operator.by} since ${clock(operator.openedAt)}: ${operator.reason}. npx floodgate resume lets them flow.`,
    };
  if (isOn(frame, "firehose-down"))
    return {
      tone: "bad",
      kind: "firehose",
      text: `Firehose refuses: ${waiting} events wait in the buffer, nothing is lost`,
      more:
        sink === undefined
          ? "process-batch tries again for 20 seconds before the breaker opens."
          : `The breaker has been open for ${lasts(frame.at - sink.openedAt)}; one chunk is tried once a minute.`,
    };
  if (isOn(frame, "dynamodb-down"))
    return {
      tone: "bad",
      kind: "dynamodb",
      text: `DynamoDB does not answer: ${waiting} events wait in the buffer, nothing is lost`,
      more: "Reading goes on when the table can be read.",
    };
  if (sink !== undefined || !frame.processing.isReading)
    return {
      tone: "warn",
      kind: "held",
      text: `Reading is paused: ${waiting} events wait in the buffer, nothing is lost`,
      more:
        sink === undefined
          ? "It is switched on again within a minute."
          : `${sink.reason}. One chunk is tried once a minute; the flow resumes by itself.`,
    };
  return undefined;
};

const flowing = (frame: Frame): Verdict => {
  const { ledger, perSecond, buffer } = frame;
  const malformed = ledger.parked["malformed"] ?? 0;
  const percent = (100 * malformed) / Math.max(1, ledger.received);
  if (breakerOf(frame, "genesys") !== undefined)
    return {
      tone: "warn",
      kind: "genesys",
      text: `Genesys does not answer: ${plural(ledger.inFlight.retrying, "event")} wait for a name, all others pass`,
      more: "One container asks every 30 seconds; the rest leave Genesys alone.",
    };
  if (malformed > 0 && percent > frame.malformedPercent)
    return {
      tone: "warn",
      kind: "malformed",
      text: `${percent.toFixed(1)} % of all events are malformed, and parked with their text`,
      more: `More than the ${frame.malformedPercent} % that are taken for normal. npx floodgate failed list`,
    };
  if (ledger.received === 0)
    return {
      tone: "good",
      kind: "empty",
      text: "Waiting for the first event",
      more: "Start the guided outage, or send a campaign.",
    };
  const oldest = buffer.oldestAt === null ? 0 : frame.at - buffer.oldestAt;
  return {
    tone: "good",
    kind: "good",
    text: `All ${number(ledger.received)} events accounted for`,
    more: `${rate(perSecond.received)} come in, ${rate(perSecond.delivered)} reach S3; the oldest in the buffer has waited ${lasts(oldest)}.`,
  };
};

/** How things stand, in a sentence, and a second one with what follows. */
export const verdictOf = (frame: Frame): Verdict => {
  const { ledger, buffer } = frame;
  const waiting = number(buffer.waiting + ledger.inFlight.inHand);
  if (ledger.missing !== 0)
    return {
      tone: "bad",
      kind: "lost",
      text: `${plural(ledger.missing, "event")} cannot be accounted for`,
      more: "npx floodgate run names each of them.",
    };
  const isDraining = buffer.waiting > muchWaits && frame.perSecond.read > 0;
  return held(frame, waiting) ?? (isDraining ? draining(frame, waiting) : flowing(frame));
};
