import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type * as RT from "fp-ts/lib/ReaderTask.js";
import * as T from "fp-ts/lib/Task.js";
import { type EnrichCapabilities, type EnrichPolicy, enrich } from "../enrichment/enrich.ts";
import type { Enrichment } from "../enrichment/enrichment.ts";
import { type Copies, triage } from "../event/copies.ts";
import type { EventKey } from "../event/event-key.ts";
import type { TransientFailure } from "../event/failure.ts";
import type { GenesysEvent } from "../event/genesys-event.ts";
import type { Message } from "../event/message.ts";
import { deliveredOutcomes, failedOutcomes, type Outcome, repeatsOf } from "../event/outcome.ts";
import { type Hopeless, park } from "../failed/park.ts";
import type { ParkFailedEvents } from "../failed/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import { enoughMilliseconds } from "../time/deadline.ts";
import { type DeliverCapabilities, deliver } from "./deliver.ts";
import { deliveredLine, maximumRecordBytes } from "./delivered-line.ts";
import type { Deliveries } from "./ports.ts";

export type DeliverEventsCapabilities = Deliveries & DeliverCapabilities & EnrichCapabilities & ParkFailedEvents;

type Outcomes = RT.ReaderTask<DeliverEventsCapabilities, ReadonlyArray<Outcome>>;

/** Every message that events were made of, by messageId: what is parked is the message as it was received. */
export type MessagesById = ReadonlyMap<string, Message>;

interface Ready {
  readonly copies: Copies;
  readonly enrichment: Enrichment | undefined;
}

interface Line {
  readonly copies: Copies;
  readonly line: string;
}

const fits = (line: string): boolean => Buffer.byteLength(line) <= maximumRecordBytes;

/** The event with its names; without them where only that fits; undefined where the event by itself is too large. */
const lineOf = ({ copies, enrichment }: Ready): string | undefined =>
  [deliveredLine(copies.first, enrichment), deliveredLine(copies.first)].find(fits);

const composeLines = (ready: ReadonlyArray<Ready>) => {
  const lines: Line[] = [];
  const tooLarge: Copies[] = [];
  for (const each of ready) {
    const line = lineOf(each);
    if (line === undefined) tooLarge.push(each.copies);
    else lines.push({ copies: each.copies, line });
  }
  return { lines, tooLarge };
};

/** Named, because these copies leave no trace in the table: the ledger finds them by this line. */
const warnUnrecorded = (events: ReadonlyArray<GenesysEvent>, { warn }: Telemetry): void => {
  if (events.length === 0) return;
  warn("unrecorded deliveries", {
    messageIds: events.map(({ messageId }) => messageId),
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

/** An offer has to be answered, and what it leaves behind to be kept, before the invocation ends. */
const isTooLate = ({ timeLeft, turnIn }: Pick<DeliverEventsCapabilities, "timeLeft" | "turnIn">): boolean =>
  timeLeft() - turnIn() < enoughMilliseconds;

/**
 * Each chunk is recorded before the next is offered: whoever is ended in the middle delivers one chunk twice, not all.
 * Nothing more is offered once a chunk was refused as a whole, or when time runs out.
 */
const deliverLines =
  (lines: ReadonlyArray<Line>): Outcomes =>
  (capabilities) =>
  async () => {
    const outcomes: Outcome[] = [];
    let stopped: TransientFailure | undefined;
    for (const chunk of chunksWithin(capabilities.limits, bytesOf)(lines)) {
      if (stopped === undefined && isTooLate(capabilities)) stopped = "timeout";
      if (stopped === undefined) {
        const settled = await deliverAndRecord(chunk)(capabilities)();
        stopped = commonFailure(settled);
        outcomes.push(...settled);
      } else {
        const failure = stopped;
        outcomes.push(...chunk.flatMap(({ copies }) => failedOutcomes(copies, { failure })));
      }
    }
    return outcomes;
  };

const tooLargeMessages = (groups: ReadonlyArray<Copies>, messages: MessagesById): ReadonlyArray<Hopeless> =>
  groups
    .flatMap(({ first, others }) => [first, ...others])
    .flatMap((event) => {
      const message = messages.get(event.messageId);
      const detail = `over ${maximumRecordBytes} bytes, the most that Firehose takes`;
      return message === undefined ? [] : [{ message, reason: "tooLarge", detail, key: event.key } as const];
    });

const deliverFresh =
  (fresh: ReadonlyArray<Copies>, messages: MessagesById, policy: EnrichPolicy): Outcomes =>
  (capabilities) =>
  async () => {
    const enriched = await enrich(
      fresh.map(({ first }) => first),
      policy,
    )(capabilities)();
    const ready: Ready[] = [];
    const waiting: Outcome[] = [];
    fresh.forEach((copies, index) => {
      const each = enriched[index];
      if (each?._tag === "Waiting") waiting.push(...failedOutcomes(copies, each.failure));
      else ready.push({ copies, enrichment: each?.enrichment });
    });
    const { lines, tooLarge } = composeLines(ready);
    return [
      ...waiting,
      ...(await deliverLines(lines)(capabilities)()),
      ...(await park(tooLargeMessages(tooLarge, messages))(capabilities)()),
    ];
  };

const deliverUnknown =
  (
    groups: ReadonlyArray<Copies>,
    known: ReadonlyMap<EventKey, string>,
    messages: MessagesById,
    policy: EnrichPolicy,
  ): Outcomes =>
  (capabilities) =>
  async () => {
    const { fresh, delivered } = triage(groups, known);
    return [
      ...delivered.flatMap(({ copies, messageId }) => repeatsOf(copies, messageId)),
      ...(await deliverFresh(fresh, messages, policy)(capabilities)()),
    ];
  };

/**
 * check -> enrich -> deliver -> record, for events with all their copies; one outcome for every copy. While the check
 * fails nothing is delivered. A crash in between delivers twice, never zero times.
 */
export const deliverEvents =
  (groups: ReadonlyArray<Copies>, messages: MessagesById, policy: EnrichPolicy): Outcomes =>
  (capabilities) =>
    pipe(
      capabilities.findDeliveries(groups.map(({ first }) => first)),
      T.flatMap(
        E.fold(
          ({ reason }) => {
            capabilities.warn("deliveries cannot be checked", { reason, events: groups.length })();
            return T.of(groups.flatMap((copies) => failedOutcomes(copies, { failure: "dynamodbUnavailable" })));
          },
          (known) => deliverUnknown(groups, known, messages, policy)(capabilities),
        ),
      ),
    );
