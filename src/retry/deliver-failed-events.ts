import { pipe } from "fp-ts/lib/function.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { DeliverCapabilities } from "../delivery/deliver.ts";
import type { DeliverEventsCapabilities } from "../delivery/deliver-events.ts";
import type { Deliveries } from "../delivery/ports.ts";
import { deliverMessages } from "../delivery/process-batch.ts";
import { type NameCaches, onlyCached } from "../enrichment/enrich.ts";
import { Failure, type TransientFailure, transientFailures } from "../event/failure.ts";
import type { Message } from "../event/message.ts";
import { failedMessages, isFailed, type Outcome } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import { type ChunkRef, isSettled } from "../failed/failed-chunk.ts";
import { toMessage } from "../failed/failed-event.ts";
import type { FailedEventsStore, FailedEventsUnavailable, LoadedChunk } from "../failed/ports.ts";
import type { PriorityMaps } from "../priorities/ports.ts";
import type { Redaction } from "../redaction/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { inTurn, type TurnCapabilities } from "./delivery-turn.ts";
import { openSealed } from "./open-sealed.ts";
import type { DeliveryTurnUnavailable } from "./ports.ts";
import {
  type Attempted,
  areExpired,
  type ChunkNotSettled,
  type RetryPolicy,
  type SettleCapabilities,
  type Settled,
  settleFailedChunk,
} from "./settle-failed-chunk.ts";

/** Without a source of names: of the two functions only enrich-failed-events asks Genesys, and it has filled the caches. */
export type DeliverFailedEventsCapabilities = Deliveries &
  DeliverCapabilities &
  NameCaches &
  PriorityMaps &
  Pick<FailedEventsStore, "parkEvents" | "loadChunk" | "parkChunk"> &
  Pick<Redaction, "readRedaction"> &
  SettleCapabilities &
  TurnCapabilities;

type Step<A> = RTE.ReaderTaskEither<
  DeliverFailedEventsCapabilities,
  FailedEventsUnavailable | DeliveryTurnUnavailable | ChunkNotSettled,
  A
>;

/**
 * `missing`: why enrich-failed-events has not found all names; absent when it has, or has itself failed. `waits`: how
 * often this execution has waited for its turn.
 */
export const DeliverFailedEventsInput = t.intersection(
  [t.type({ chunkId: t.string, attempt: t.number }), t.partial({ missing: Failure, waits: t.number })],
  "DeliverFailedEventsInput",
);
type Input = t.TypeOf<typeof DeliverFailedEventsInput>;

/** `busy`: somebody else has the turn; the input comes back, to be brought again after a pause. */
type DeliverFailedEventsOutput =
  | { readonly status: Settled }
  | (Input & { readonly status: "busy"; readonly waits: number });

/** Pauses of a second that an execution has time for; then the chunk makes way, and comes back as any other. */
export const mostWaits = 25;

/**
 * A chunk whose object cannot be read by anybody is parked as it is, for somebody to look at; anything else may pass. An
 * object may also be gone because somebody else has settled the chunk since: then its events lie in another one.
 */
const parkUnreadable =
  ({ chunkId }: ChunkRef) =>
  (error: FailedEventsUnavailable): Step<LoadedChunk | undefined> =>
  ({ parkChunk, warn }) => {
    if (error.unreadableObject === undefined) return TE.left(error);
    const { reason } = error;
    return pipe(
      parkChunk(chunkId, error.unreadableObject),
      TE.tapIO((isParked) =>
        isParked ? warn("a failed chunk cannot be read and is parked", { chunkId, reason }) : () => undefined,
      ),
      TE.flatMap((isParked) => (isParked ? TE.left(error) : TE.right(undefined))),
    );
  };

const isOurs = ({ chunk }: LoadedChunk, { attempt }: ChunkRef): boolean =>
  chunk.attempt === attempt && !isSettled(chunk);

/** The chunk with its events; undefined when the attempt is not ours any more. */
const loadOurs =
  (ref: ChunkRef): Step<LoadedChunk | undefined> =>
  (capabilities) =>
    pipe(
      capabilities.loadChunk(ref.chunkId),
      TE.orElse((error) => parkUnreadable(ref)(error)(capabilities)),
      TE.map((loaded) => (loaded !== undefined && isOurs(loaded, ref) ? loaded : undefined)),
    );

/** Asks only the caches for names, and parks events in another chunk than the one that is being retried. */
const ofThisChunk = (
  { chunkId, missing = { failure: "genesysUnavailable" } }: Input,
  capabilities: DeliverFailedEventsCapabilities,
): DeliverEventsCapabilities => ({
  ...capabilities,
  ...onlyCached(capabilities, missing),
  parkEvents: (failure, events) => capabilities.parkEvents(failure, events, chunkId),
});

interface Tried {
  readonly outcomes: ReadonlyArray<Outcome>;
  readonly attempted: Attempted;
}

/** Brings events back as the batch processor would; without a turn none is offered, and each keeps waiting for what it did. */
const bringBack =
  (
    input: Input,
    messages: ReadonlyArray<Message>,
    { enrich }: RetryPolicy,
    hasTurn: boolean,
    failure: TransientFailure,
  ): ReaderTask<DeliverFailedEventsCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
    hasTurn
      ? deliverMessages(messages, enrich)(ofThisChunk(input, capabilities))
      : T.of(failedMessages(messages, failure));

/** An attempt at a chunk's events. */
const tryChunk =
  (
    input: Input,
    { chunk, events: stored }: LoadedChunk,
    policy: RetryPolicy,
    hasTurn: boolean,
  ): ReaderTask<DeliverFailedEventsCapabilities, Tried> =>
  (capabilities) =>
  async () => {
    const { events, sealed } = await openSealed(stored)(capabilities)();
    const waitingFor = transientFailures.find((known) => known === chunk.failure) ?? "unknown";
    const brought = await bringBack(input, events.map(toMessage), policy, hasTurn, waitingFor)(capabilities)();
    const outcomes = [...brought, ...sealed];
    const left = outcomes.filter(isFailed);
    // What was not offered has not failed either.
    const isExpired = hasTurn && areExpired(left, capabilities.now(), policy);
    const retryAfterSeconds = input.missing?.retryAfterSeconds ?? 0;
    return { outcomes, attempted: { chunk, left, sealed, retryAfterSeconds, isExpired, madeWay: !hasTurn } };
  };

const asParked = (outcome: Outcome): Outcome =>
  isFailed(outcome) ? { _tag: "Parked", message: outcome.message, failure: outcome.failure } : outcome;

/**
 * Before the chunk is settled: then nothing would be left that could tell what became of its events. Of a chunk that made
 * way there is nothing to tell.
 */
const report = ({ outcomes, attempted: { isExpired, madeWay } }: Tried): ReaderTask<Telemetry, void> =>
  madeWay ? () => T.of(undefined) : reportOutcomes(isExpired ? outcomes.map(asParked) : outcomes);

const settle =
  (input: Input, policy: RetryPolicy) =>
  (hasTurn: boolean): Step<DeliverFailedEventsOutput> =>
    pipe(
      loadOurs(input),
      RTE.flatMap(
        (loaded): Step<Settled> =>
          loaded === undefined
            ? RTE.right("lost")
            : pipe(
                RTE.rightReaderTask(tryChunk(input, loaded, policy, hasTurn)),
                RTE.tapReaderTask(report),
                RTE.flatMap(({ attempted }) => settleFailedChunk(attempted, policy)),
              ),
      ),
      RTE.map((status) => ({ status })),
    );

/** Delivers what can be delivered of a chunk once it has the turn, and ends the attempt with what remains. */
export const deliverFailedEvents =
  (policy: RetryPolicy) =>
  (input: Input): Step<DeliverFailedEventsOutput> => {
    const { waits = 0 } = input;
    return inTurn(`${input.chunkId}.${input.attempt}`, (hasTurn) =>
      hasTurn || waits >= mostWaits
        ? settle(input, policy)(hasTurn)
        : RTE.right({ ...input, status: "busy", waits: waits + 1 }),
    );
  };
