import * as E from "fp-ts/lib/Either.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { DeliverCapabilities } from "../delivery/deliver.ts";
import { type DeliverEventsCapabilities, deliverEvents } from "../delivery/deliver-events.ts";
import type { Deliveries } from "../delivery/ports.ts";
import type { EnrichPolicy } from "../enrichment/enrich.ts";
import type { UserCache } from "../enrichment/ports.ts";
import { groupCopies } from "../event/copies.ts";
import { decodeMessages } from "../event/decode-messages.ts";
import { isGenesysFailure, isSinkFailure, type TransientFailure } from "../event/failure.ts";
import type { Message } from "../event/message.ts";
import { type Failed, isFailed, type Outcome } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import { type ChunkRef, isBeyondHorizon } from "../failed/failed-chunk.ts";
import { type FailedEvent, toFailedEvent, toMessage } from "../failed/failed-event.ts";
import { park } from "../failed/park.ts";
import type {
  FailedEventsUnavailable,
  LoadFailedChunks,
  MoveFailedChunks,
  ParkFailedEvents,
  SettleFailedChunks,
} from "../failed/ports.ts";
import { genesysErrorOf } from "../genesys/genesys-error.ts";
import type { PriorityMaps } from "../priorities/ports.ts";
import type { Redaction } from "../redaction/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { type Instant, secondsToMilliseconds } from "../time/instant.ts";

/** Without asking Genesys: enrich-failed-events has filled the cache, so that one place asks, with one token. */
export type DeliverFailedEventsCapabilities = Deliveries &
  DeliverCapabilities &
  UserCache &
  PriorityMaps &
  ParkFailedEvents &
  LoadFailedChunks &
  Pick<SettleFailedChunks, "writeRemainder"> &
  Pick<MoveFailedChunks, "parkChunk"> &
  Pick<Redaction, "readRedaction"> &
  Telemetry;

export const DeliverFailedEventsInput = t.intersection([
  t.type({ chunkId: t.string, attempt: t.number }),
  t.partial({ retryAfterSeconds: t.number, genesysFailure: t.string }),
]);
type Input = t.TypeOf<typeof DeliverFailedEventsInput>;

/** What is left of the chunk: `object` holds its events; nothing is left when `remaining` is 0. */
export type DeliverFailedEventsOutput = ChunkRef & {
  readonly remaining: number;
  readonly object: string;
  readonly reason: TransientFailure;
  readonly retryAfterSeconds: number;
  /** When what waits for its names only is delivered without them, epoch milliseconds; 0: nothing does. */
  readonly deliverBy: number;
  readonly isCanary: boolean;
  /** All that is left is beyond the horizon, and is parked. */
  readonly isExpired: boolean;
};

export interface RetryPolicy {
  readonly enrich: EnrichPolicy;
  readonly maximumEventAgeDays: number;
}

interface Left {
  readonly message: Message;
  readonly failed: Failed;
  readonly sealed?: true;
}

interface Opened {
  readonly events: ReadonlyArray<FailedEvent>;
  /** What could not be redacted now either: it stays as it is. */
  readonly sealed: ReadonlyArray<Left>;
}

const stillSealed = (event: FailedEvent): Left => ({
  message: toMessage(event),
  failed: { _tag: "Failed", messageId: event.messageId, failure: "unknown" },
  sealed: true,
});

/** Takes the personal data out of events that were parked sealed; nothing sealed is ever delivered as it is. */
const openSealed = async (
  events: ReadonlyArray<FailedEvent>,
  { readRedaction, warn }: DeliverFailedEventsCapabilities,
): Promise<Opened> => {
  const sealed = events.filter((event) => event.sealed === true);
  if (sealed.length === 0) return { events, sealed: [] };
  const others = events.filter((event) => event.sealed !== true);
  const redact = await readRedaction();
  if (E.isLeft(redact)) {
    warn("personal data cannot be redacted", { reason: redact.left.reason, events: sealed.length })();
    return { events: others, sealed: sealed.map(stillSealed) };
  }
  const opened = sealed.map(
    ({ sealed: _, ...event }): E.Either<Error, FailedEvent> =>
      E.tryCatch(() => ({ ...event, body: redact.right(event.body) }), E.toError),
  );
  return {
    events: [...others, ...opened.flatMap((each) => (E.isRight(each) ? [each.right] : []))],
    sealed: sealed.filter((_, index) => E.isLeft(opened[index] ?? E.right(0))).map(stillSealed),
  };
};

const leftOf = (outcomes: ReadonlyArray<Outcome>, messages: ReadonlyMap<string, Message>): ReadonlyArray<Left> =>
  outcomes.filter(isFailed).flatMap((failed) => {
    const message = messages.get(failed.messageId);
    return message === undefined ? [] : [{ message, failed }];
  });

const toRemainder = ({ message, failed, sealed }: Left): FailedEvent =>
  toFailedEvent(
    { ...message, receiveCount: message.receiveCount + 1 },
    failed.failure,
    sealed === true ? { sealed } : {},
  );

const toExpired =
  ({ maximumEventAgeDays }: RetryPolicy) =>
  (left: Left): FailedEvent => ({ ...toRemainder(left), detail: `not delivered within ${maximumEventAgeDays} days` });

const waitsForNames = ({ failed }: Left): boolean => isGenesysFailure(failed.failure);

const deliverBy = (left: ReadonlyArray<Left>, { maxDelaySeconds }: EnrichPolicy): number => {
  const waiting = left.filter(waitsForNames).map(({ message }) => message.receivedAt);
  return waiting.length === 0 ? 0 : Math.min(...waiting) + secondsToMilliseconds(maxDelaySeconds);
};

/** Brings the events of a chunk back as the batch processor would, and answers with its outcomes. */
const bringBack =
  (events: ReadonlyArray<FailedEvent>, { enrich }: RetryPolicy) =>
  async (capabilities: DeliverEventsCapabilities) => {
    const messages = events.map(toMessage);
    const byId = new Map(messages.map((message) => [message.messageId, message]));
    const decoded = decodeMessages(messages, capabilities);
    const outcomes = [
      ...decoded.broken,
      ...(await deliverEvents(groupCopies(decoded.events), byId, enrich)(capabilities)()),
      ...(await park(decoded.hopeless)(capabilities)()),
    ];
    return { byId, outcomes };
  };

/**
 * Beyond the horizon as a whole: events of a chunk are about equally old, and only all of them together can be parked by
 * the very write that ends the attempt, so that none is parked here and delivered by another attempt.
 */
const areExpired = (left: ReadonlyArray<Left>, now: Instant, { maximumEventAgeDays }: RetryPolicy): boolean =>
  left.length > 0 && left.every(({ message }) => isBeyondHorizon(message.receivedAt, now, maximumEventAgeDays));

const parkedOutcome = ({ failed }: Left): Outcome => ({
  _tag: "Parked",
  messageId: failed.messageId,
  reason: failed.failure,
});

/** A chunk whose object cannot be read by anybody is parked as it is, for somebody to look at; anything else may pass. */
const parkUnreadable =
  (error: FailedEventsUnavailable, { chunkId }: ChunkRef) =>
  async ({ parkChunk, warn }: DeliverFailedEventsCapabilities): Promise<E.Either<FailedEventsUnavailable, never>> => {
    if (error.isUnreadable !== true) return E.left(error);
    warn("a failed chunk cannot be read and is parked", { chunkId, reason: error.reason })();
    const parked = await parkChunk(chunkId)();
    return E.isLeft(parked) ? parked : E.left(error);
  };

/** Delivers what can be delivered of a chunk, and writes what remains as a new object. */
export const deliverFailedEvents =
  (policy: RetryPolicy) =>
  (
    input: Input,
  ): ReaderTaskEither<DeliverFailedEventsCapabilities, FailedEventsUnavailable, DeliverFailedEventsOutput> =>
  (capabilities) =>
  async () => {
    const ref = { chunkId: input.chunkId, attempt: input.attempt };
    const loaded = await capabilities.loadChunk(input.chunkId)();
    if (E.isLeft(loaded)) return parkUnreadable(loaded.left, ref)(capabilities);
    const error = genesysErrorOf(input.genesysFailure ?? "", input.retryAfterSeconds ?? 0);
    const ofThisChunk: DeliverEventsCapabilities = {
      ...capabilities,
      // Only what the caches have.
      getUsers: () => TE.left(error),
      park: (reason, events) => capabilities.park(reason, events, input.chunkId),
    };
    const { events, sealed } = await openSealed(loaded.right?.events ?? [], capabilities);
    const broughtBack = await bringBack(events, policy)(ofThisChunk);
    const outcomes = [...broughtBack.outcomes, ...sealed.map(({ failed }) => failed)];
    const remaining = [...leftOf(broughtBack.outcomes, broughtBack.byId), ...sealed];
    const isExpired = areExpired(remaining, capabilities.now(), policy);
    const done = outcomes.filter((outcome) => !isFailed(outcome));
    await reportOutcomes(isExpired ? [...done, ...remaining.map(parkedOutcome)] : outcomes)(capabilities)();
    // What the sink refused decides whether the sink is back; all else says nothing of it.
    const first = remaining.find(({ failed }) => isSinkFailure(failed.failure)) ?? remaining[0];
    const retryAfterSeconds = Math.max(
      input.retryAfterSeconds ?? 0,
      ...remaining.map(({ failed }) => failed.retryAfterSeconds ?? 0),
    );
    const settled = {
      ...ref,
      remaining: remaining.length,
      reason: first?.failed.failure ?? "unknown",
      retryAfterSeconds,
      deliverBy: deliverBy(remaining, policy.enrich),
      isCanary: loaded.right?.chunk.isCanary === true,
      isExpired,
    };
    if (remaining.length === 0) return E.right({ ...settled, object: "" });
    const written = await capabilities.writeRemainder(
      ref,
      remaining.map(isExpired ? toExpired(policy) : toRemainder),
    )();
    return E.isLeft(written) ? written : E.right({ ...settled, object: written.right });
  };
