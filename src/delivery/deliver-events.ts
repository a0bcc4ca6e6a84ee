import * as E from "fp-ts/lib/Either.js";
import type * as RT from "fp-ts/lib/ReaderTask.js";
import { type EnrichCapabilities, type EnrichPolicy, enrich } from "../enrichment/enrich.ts";
import type { Enrichment } from "../enrichment/enrichment.ts";
import { type Copies, triage } from "../event/copies.ts";
import type { TransientFailure } from "../event/failure.ts";
import type { GenesysEvent } from "../event/genesys-event.ts";
import { copiesToPark, deliveredOutcomes, failedOutcomes, type Outcome, repeatsOf } from "../event/outcome.ts";
import { parkMessages } from "../failed/park-messages.ts";
import type { ParkEvents } from "../failed/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import { type DeliverCapabilities, deliver, isTooLate } from "./deliver.ts";
import { afterLastTurn, deliveredLine, maximumRecordBytes } from "./delivered-line.ts";
import type { Deliveries } from "./ports.ts";

export type DeliverEventsCapabilities = Deliveries & DeliverCapabilities & EnrichCapabilities & ParkEvents;

type Outcomes = RT.ReaderTask<DeliverEventsCapabilities, ReadonlyArray<Outcome>>;

interface Line {
  readonly copies: Copies;
  readonly line: string;
}

const fits = (line: string): boolean => Buffer.byteLength(line) <= maximumRecordBytes;

/** The event with its names; without them where only that fits; undefined where the event by itself is too large. */
const lineOf = (event: GenesysEvent, enrichment: Enrichment | undefined): string | undefined =>
  [deliveredLine(event, enrichment), deliveredLine(event)].find(fits);

const tooLarge = `over ${maximumRecordBytes} bytes, the most that Firehose takes`;

/** Named, because these copies leave no trace in the table: the ledger finds them by this line. */
const warnUnrecorded = (events: ReadonlyArray<GenesysEvent>, { warn }: Telemetry): void => {
  if (events.length === 0) return;
  warn("unrecorded deliveries", {
    messageIds: events.map(({ message }) => message.messageId),
    keys: events.map(({ key }) => key),
  })();
};

const deliverAndRecord =
  (lines: ReadonlyArray<Line>): Outcomes =>
  (capabilities) =>
  async () => {
    const failures = await deliver(lines.map(({ line }) => line))(capabilities)();
    const taken = lines.filter((_, index) => !failures.has(index)).map(({ copies }) => copies.first);
    const unrecorded = new Set(await capabilities.recordDeliveries(taken)());
    warnUnrecorded([...unrecorded], capabilities);
    return lines.flatMap(({ copies }, index) => {
      const failure = failures.get(index);
      return failure === undefined
        ? deliveredOutcomes(copies, !unrecorded.has(copies.first))
        : failedOutcomes(copies, { failure });
    });
  };

const bytesOf = ({ line }: Line): number => Buffer.byteLength(line);

/** The one failure of a chunk of which nothing was taken: the next chunk would meet the same. */
const commonFailure = (outcomes: ReadonlyArray<Outcome>): TransientFailure | undefined => {
  const [first] = outcomes;
  return first?._tag === "Failed" && outcomes.every((each) => each._tag === "Failed" && each.failure === first.failure)
    ? first.failure
    : undefined;
};

/**
 * Each chunk is recorded before the next is offered: whoever is ended in the middle delivers one chunk twice, not all.
 * Nothing more is offered once a chunk was refused as a whole, or when time runs out.
 */
const deliverLines =
  (lines: ReadonlyArray<Line>): Outcomes =>
  (capabilities) =>
  async () => {
    const outcomes: Outcome[] = [];
    let failure: TransientFailure | undefined;
    for (const chunk of chunksWithin(capabilities.limits, bytesOf)(lines)) {
      if (failure === undefined && isTooLate(capabilities)) failure = "timeout";
      if (failure === undefined) {
        const settled = await deliverAndRecord(chunk)(capabilities)();
        failure = commonFailure(settled);
        outcomes.push(...settled);
      } else for (const { copies } of chunk) outcomes.push(...failedOutcomes(copies, { failure }));
    }
    return outcomes;
  };

/** So much is written with an event's text: the member `floodgate` with its names. */
const memberBytes = 512;

/** Names must not take the time in which events can still be delivered without them, or kept; in milliseconds. */
const reservedForDelivery = (events: ReadonlyArray<GenesysEvent>, { turnIn }: DeliverCapabilities): number =>
  afterLastTurn + turnIn(events.reduce((sum, { message }) => sum + Buffer.byteLength(message.body) + memberBytes, 0));

const deliverFresh =
  (fresh: ReadonlyArray<Copies>, policy: EnrichPolicy): Outcomes =>
  (capabilities) =>
  async () => {
    const firsts = fresh.map(({ first }) => first);
    const enriched = await enrich(firsts, policy, reservedForDelivery(firsts, capabilities))(capabilities)();
    const lines: Line[] = [];
    const waiting: Outcome[] = [];
    const toPark: Copies[] = [];
    for (const [index, copies] of fresh.entries()) {
      const each = enriched[index];
      const line = each?._tag === "Ready" ? lineOf(copies.first, each.enrichment) : undefined;
      if (each?._tag === "Waiting") waiting.push(...failedOutcomes(copies, each.failure));
      else if (line === undefined) toPark.push(copies);
      else lines.push({ copies, line });
    }
    const parked = toPark.flatMap((copies) => copiesToPark(copies, "tooLarge", tooLarge));
    return [
      ...waiting,
      ...(await deliverLines(lines)(capabilities)()),
      ...(await parkMessages(parked)(capabilities)()),
    ];
  };

/**
 * check -> enrich -> deliver -> record, for events with all their copies; one outcome for every copy. While the check
 * fails nothing is delivered. A crash in between delivers twice, never zero times.
 */
export const deliverEvents =
  (groups: ReadonlyArray<Copies>, policy: EnrichPolicy): Outcomes =>
  (capabilities) =>
  async () => {
    const known = await capabilities.findDeliveries(groups.map(({ first }) => first))();
    if (E.isLeft(known)) {
      capabilities.warn("deliveries cannot be checked", { reason: known.left.reason, events: groups.length })();
      return groups.flatMap((copies) => failedOutcomes(copies, { failure: "dynamodbUnavailable" }));
    }
    const { fresh, delivered } = triage(groups, known.right);
    return [
      ...delivered.flatMap(({ copies, messageId }) => repeatsOf(copies, messageId)),
      ...(await deliverFresh(fresh, policy)(capabilities)()),
    ];
  };
