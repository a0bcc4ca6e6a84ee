import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { type Breaker, type BreakerName, type MappingChange, mappingChange, nextCeiling } from "../breakers/breaker.ts";
import type { Arrivals, Breakers, BreakersUnavailable, RetryTallies } from "../breakers/ports.ts";
import { isSinkFailure } from "../event/failure.ts";
import { type ChunkRef, type FailedChunk, isEndless } from "../failed/failed-chunk.ts";
import type { FailedEventsStore, FailedEventsUnavailable } from "../failed/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { Instant } from "../time/instant.ts";
import type { Clock } from "../time/ports.ts";
import type { WatchHours } from "../time/watch-hours.ts";
import type { ErrorObjects } from "./ports.ts";
import { silentMinutes } from "./silence.ts";

type PlanRedriveCapabilities = Pick<FailedEventsStore, "findDueChunks" | "findChunk" | "parkChunk"> &
  Breakers &
  Arrivals &
  ErrorObjects &
  RetryTallies &
  Telemetry &
  Pick<Clock, "now">;

/** `mapping`: the state of the event source mapping as Lambda names it, or `Unknown`. */
export const PlanRedriveInput = t.type({ mapping: t.string }, "PlanRedriveInput");

interface PlanRedriveOutput {
  readonly mapping: MappingChange;
  /** The chunks to start in this minute, each after its delay. */
  readonly chunks: ReadonlyArray<ChunkRef & { readonly delaySeconds: number }>;
}

type Counts = Readonly<Record<string, number>>;

type Step<A> = RTE.ReaderTaskEither<PlanRedriveCapabilities, FailedEventsUnavailable | BreakersUnavailable, A>;

/** Starts are spread over the minute, with room for the machine to end before the next one. */
const spreadSeconds = 50;

/** The starts of one minute, spread over it, so that what failed together does not come back together. */
const spread = (chunks: ReadonlyArray<ChunkRef>): PlanRedriveOutput["chunks"] =>
  chunks.map((chunk, index) => ({ ...chunk, delaySeconds: Math.floor((index * spreadSeconds) / chunks.length) }));

/** Without a canary nothing shows when the sink is back, so after this the flow itself tries, at the cost of a receive. */
const trialAfter = 30 * 60_000;

/** Delivered, parked, or kept back by something that is not the sink: either way the sink has answered. */
const hasArrived = (canary: FailedChunk | undefined): boolean =>
  canary === undefined ||
  canary.status === "parked" ||
  // Without time to offer anything, nothing was learned of the sink.
  (canary.failure !== "timeout" && !isSinkFailure(canary.failure));

interface Sink {
  /** Undefined: closed, or closed just now. */
  readonly breaker: Breaker | undefined;
  readonly canary: FailedChunk | undefined;
}

const closed: Sink = { breaker: undefined, canary: undefined };

const breakerOf =
  (name: BreakerName): Step<Breaker | undefined> =>
  ({ readBreaker }) =>
    readBreaker(name);

const isOver = (breaker: Breaker, canary: FailedChunk | undefined, now: Instant): boolean =>
  breaker.canary === undefined ? now - breaker.openedAt >= trialAfter : hasArrived(canary);

/** An open breaker whose canary is gone has been delivered: the sink is back. */
const closeIfOver =
  (breaker: Breaker): Step<Sink> =>
  ({ findChunk, closeBreaker, now }) =>
    pipe(
      breaker.canary === undefined ? TE.right(undefined) : findChunk(breaker.canary),
      TE.flatMap((canary) =>
        isOver(breaker, canary, now())
          ? pipe(
              closeBreaker(breaker),
              TE.map(() => closed),
            )
          : TE.right({ breaker, canary }),
      ),
    );

const reviewSink: Step<Sink> = pipe(
  breakerOf("sink"),
  RTE.flatMap((breaker) => (breaker === undefined ? RTE.right(closed) : closeIfOver(breaker))),
);

/** Parks what nothing settles, and answers with the others; one that cannot be parked now is found again. */
const parkEndless =
  (due: ReadonlyArray<ChunkRef>): ReaderTask<PlanRedriveCapabilities, ReadonlyArray<ChunkRef>> =>
  ({ parkChunk, warn }) =>
  async () => {
    for (const { chunkId, attempt } of due.filter(isEndless)) {
      warn("a failed chunk that nothing settles is parked", { chunkId, attempt })();
      await parkChunk(chunkId)();
    }
    return due.filter((ref) => !isEndless(ref));
  };

const canaryIfDue = (canary: FailedChunk | undefined, now: Instant): ReadonlyArray<ChunkRef> =>
  canary !== undefined && canary.dueAt <= now && canary.status === "retrying"
    ? [{ chunkId: canary.chunkId, attempt: canary.attempt }]
    : [];

/** While the sink is down only the canary is tried; while an operator has paused the flow, nothing is. */
const chunksToStart = (
  { breaker, canary }: Sink,
  operator: Breaker | undefined,
  ceiling: number,
): Step<ReadonlyArray<ChunkRef>> =>
  pipe(
    RTE.ask<PlanRedriveCapabilities>(),
    RTE.flatMap(({ now, findDueChunks }): Step<ReadonlyArray<ChunkRef>> => {
      if (operator !== undefined) return RTE.right([]);
      if (breaker !== undefined) return RTE.right(canaryIfDue(canary, now()));
      return pipe(RTE.fromTaskEither(findDueChunks(now(), ceiling)), RTE.flatMapReaderTask(parkEndless));
    }),
  );

interface Minute {
  readonly sink: Sink;
  readonly operator: Breaker | undefined;
  readonly ceiling: number;
  readonly chunks: ReadonlyArray<ChunkRef>;
}

/** While the flow is held back nobody sees what arrives, so silence begins when it is let go; at first, with the first look. */
const readSilence =
  (hours: WatchHours | undefined, isHeldBack: boolean): ReaderTask<PlanRedriveCapabilities, Counts> =>
  ({ readArrival, watchFrom, now }) =>
  async () => {
    if (hours === undefined) return {};
    const arrival = await readArrival();
    if (E.isLeft(arrival)) return {};
    const { last = 0, watchedSince } = arrival.right;
    if (isHeldBack || watchedSince === undefined) {
      await watchFrom(now())();
      return { silentMinutes: 0 };
    }
    return { silentMinutes: silentMinutes(Math.max(last, watchedSince), now(), hours) };
  };

/** Counts the minute; what cannot be counted now is counted in a minute. */
const report =
  (
    { sink, operator, ceiling, chunks }: Minute,
    hours: WatchHours | undefined,
  ): ReaderTask<PlanRedriveCapabilities, void> =>
  (capabilities) =>
  async () => {
    const { readBreaker, hasErrorObjects, count } = capabilities;
    const isHeldBack = sink.breaker !== undefined || operator !== undefined;
    const genesys = await readBreaker("genesys")();
    const isGenesysOpen = E.isRight(genesys) && genesys.right !== undefined;
    const errors = await hasErrorObjects();
    const silence = await readSilence(hours, isHeldBack)(capabilities)();
    count({
      ...silence,
      heldBack: isHeldBack ? 1 : 0,
      breakersOpen: (sink.breaker === undefined ? 0 : 1) + (isGenesysOpen ? 1 : 0),
      ...(E.isRight(errors) ? { errorObjects: errors.right ? 1 : 0 } : {}),
      chunksStarted: chunks.length,
      // As many as may be started are due, so more may well be waiting.
      chunksLeft: !isHeldBack && chunks.length >= ceiling ? 1 : 0,
    })();
  };

/**
 * What this minute brings: whether the mapping is paused or resumed, and which failed chunks are tried again. With `hours`
 * it counts for how long no event has arrived in them.
 */
export const planRedrive =
  (hours: WatchHours | undefined) =>
  ({ mapping }: t.TypeOf<typeof PlanRedriveInput>): Step<PlanRedriveOutput> =>
    pipe(
      reviewSink,
      RTE.bindTo("sink"),
      RTE.bind("operator", () => breakerOf("operator")),
      RTE.bind(
        "ceiling",
        (): Step<number> =>
          ({ readTally }) =>
            pipe(readTally, TE.map(nextCeiling)),
      ),
      RTE.bind("chunks", ({ sink, operator, ceiling }) => chunksToStart(sink, operator, ceiling)),
      RTE.tap(
        ({ ceiling, chunks }): Step<unknown> =>
          ({ beginMinute }) =>
            beginMinute(ceiling, chunks.length),
      ),
      RTE.tapReaderTask((minute) => report(minute, hours)),
      RTE.map(({ sink, operator, chunks }) => ({
        mapping: mappingChange(mapping, sink.breaker, operator),
        chunks: spread(chunks),
      })),
    );
