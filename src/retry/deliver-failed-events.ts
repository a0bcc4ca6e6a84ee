import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { DeliverCapabilities } from "../delivery/deliver.ts";
import type { DeliverEventsCapabilities } from "../delivery/deliver-events.ts";
import type { Deliveries } from "../delivery/ports.ts";
import { deliverMessages } from "../delivery/process-batch.ts";
import { type NameCaches, onlyCached } from "../enrichment/enrich.ts";
import { Failure } from "../event/failure.ts";
import { isFailed, type Outcome } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import type { ChunkRef } from "../failed/failed-chunk.ts";
import { toMessage } from "../failed/failed-event.ts";
import type {
  FailedEventsUnavailable,
  LoadedChunk,
  LoadFailedChunks,
  MoveFailedChunks,
  ParkEvents,
} from "../failed/ports.ts";
import type { PriorityMaps } from "../priorities/ports.ts";
import type { Redaction } from "../redaction/ports.ts";
import { openSealed } from "./open-sealed.ts";
import {
  type Attempted,
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
  ParkEvents &
  LoadFailedChunks &
  Pick<MoveFailedChunks, "parkChunk"> &
  Pick<Redaction, "readRedaction"> &
  SettleCapabilities;

type Step<A> = RTE.ReaderTaskEither<DeliverFailedEventsCapabilities, FailedEventsUnavailable, A>;

/** `missing`: why enrich-failed-events has not found all names; absent when it has, or has itself failed. */
export const DeliverFailedEventsInput = t.intersection(
  [t.type({ chunkId: t.string, attempt: t.number }), t.partial({ missing: Failure })],
  "DeliverFailedEventsInput",
);
type Input = t.TypeOf<typeof DeliverFailedEventsInput>;

interface DeliverFailedEventsOutput {
  readonly status: Settled;
}

/**
 * A chunk whose object cannot be read by anybody is parked as it is, for somebody to look at; anything else may pass. Only
 * while its attempt is ours: an object may be gone because somebody else has settled the chunk meanwhile.
 */
const parkUnreadable =
  ({ chunkId, attempt }: ChunkRef) =>
  (error: FailedEventsUnavailable): Step<undefined> =>
  ({ parkChunk, warn }) => {
    if (error.isUnreadable !== true) return TE.left(error);
    return pipe(
      parkChunk(chunkId, attempt),
      TE.tapIO((isOurs) =>
        isOurs
          ? warn("a failed chunk cannot be read and is parked", { chunkId, reason: error.reason })
          : () => undefined,
      ),
      TE.flatMap((isOurs) => (isOurs ? TE.left(error) : TE.right(undefined))),
    );
  };

/** The chunk with its events; undefined when it is settled, or somebody else has it because our lease has ended. */
const loadOurs = (ref: ChunkRef): Step<LoadedChunk | undefined> =>
  pipe(
    RTE.ask<DeliverFailedEventsCapabilities>(),
    RTE.flatMapTaskEither(({ loadChunk }) => loadChunk(ref.chunkId)),
    RTE.orElseW(parkUnreadable(ref)),
    RTE.map((loaded) => (loaded?.chunk.attempt === ref.attempt ? loaded : undefined)),
  );

/** Asks only the caches for names, and parks events in another chunk than the one that is being retried. */
const ofThisChunk =
  ({ chunkId, missing = { failure: "genesysUnavailable" } }: Input) =>
  (capabilities: DeliverFailedEventsCapabilities): DeliverEventsCapabilities => ({
    ...capabilities,
    ...onlyCached(capabilities, missing),
    parkEvents: (failure, events) => capabilities.parkEvents(failure, events, chunkId),
  });

interface Tried {
  readonly outcomes: ReadonlyArray<Outcome>;
  readonly attempted: Attempted;
}

/** Brings the events of a chunk back as the batch processor would. */
const bringBack = (
  input: Input,
  { chunk, events }: LoadedChunk,
  { enrich }: RetryPolicy,
): ReaderTask<DeliverFailedEventsCapabilities, Tried> =>
  pipe(
    openSealed(events),
    RT.bindTo("opened"),
    RT.bindW("delivered", ({ opened }) =>
      pipe(deliverMessages(opened.events.map(toMessage), enrich), RT.local(ofThisChunk(input))),
    ),
    RT.map(({ opened: { sealed }, delivered }) => {
      const outcomes = [...delivered, ...sealed];
      const retryAfterSeconds = input.missing?.retryAfterSeconds ?? 0;
      return { outcomes, attempted: { chunk, left: outcomes.filter(isFailed), sealed, retryAfterSeconds } };
    }),
  );

const asParked = (outcome: Outcome): Outcome =>
  isFailed(outcome) ? { _tag: "Parked", message: outcome.message, failure: outcome.failure } : outcome;

/** Settles an attempt, and reports what became of its events, also when it could not be settled. */
const settleAndReport = ({ outcomes, attempted }: Tried, policy: RetryPolicy): Step<Settled> =>
  pipe(
    settleFailedChunk(attempted, policy),
    RT.tap((settled) => {
      const isParked = E.isRight(settled) && settled.right === "parked";
      return reportOutcomes(isParked ? outcomes.map(asParked) : outcomes);
    }),
  );

/** Delivers what can be delivered of a chunk, and ends the attempt with what remains. */
export const deliverFailedEvents =
  (policy: RetryPolicy) =>
  (input: Input): Step<DeliverFailedEventsOutput> =>
    pipe(
      loadOurs(input),
      RTE.flatMap(
        (loaded): Step<Settled> =>
          loaded === undefined
            ? RTE.right("lost")
            : pipe(
                RTE.rightReaderTask(bringBack(input, loaded, policy)),
                RTE.flatMap((tried) => settleAndReport(tried, policy)),
              ),
      ),
      RTE.map((status) => ({ status })),
    );
