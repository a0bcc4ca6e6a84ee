import * as E from "fp-ts/lib/Either.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import * as t from "io-ts";
import { type Breaker, type MappingChange, mappingChange, nextCeiling } from "../breakers/breaker.ts";
import type { Breakers, BreakersUnavailable, RetryTallies } from "../breakers/ports.ts";
import { isSinkFailure } from "../event/failure.ts";
import { type ChunkRef, type FailedChunk, isEndless } from "../failed/failed-chunk.ts";
import type { DueFailedChunks, FailedEventsUnavailable, FindFailedChunk, MoveFailedChunks } from "../failed/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { Clock } from "../time/ports.ts";
import type { ErrorObjects } from "./ports.ts";

type PlanRedriveCapabilities = DueFailedChunks &
  FindFailedChunk &
  Pick<MoveFailedChunks, "parkChunk"> &
  Breakers &
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

type StoreUnavailable = FailedEventsUnavailable | BreakersUnavailable;

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

/** An open breaker whose canary is gone has been delivered: the sink is back. */
const reviewSink = async (capabilities: PlanRedriveCapabilities): Promise<E.Either<StoreUnavailable, Sink>> => {
  const read = await capabilities.readBreaker("sink")();
  if (E.isLeft(read)) return read;
  const breaker = read.right;
  if (breaker === undefined) return E.right({ breaker: undefined, canary: undefined });
  const found = breaker.canary === undefined ? E.right(undefined) : await capabilities.findChunk(breaker.canary)();
  if (E.isLeft(found)) return found;
  const canary = found.right;
  const isOver =
    breaker.canary === undefined ? capabilities.now() - breaker.openedAt >= trialAfter : hasArrived(canary);
  if (!isOver) return E.right({ breaker, canary });
  const closed = await capabilities.closeBreaker(breaker)();
  return E.isLeft(closed) ? closed : E.right({ breaker: undefined, canary: undefined });
};

/** Parks what nothing settles, and answers with the others; one that cannot be parked now is found again. */
const parkEndless = async (
  { parkChunk, warn }: PlanRedriveCapabilities,
  due: ReadonlyArray<ChunkRef>,
): Promise<E.Either<StoreUnavailable, ReadonlyArray<ChunkRef>>> => {
  const [others, endless] = [due.filter((ref) => !isEndless(ref)), due.filter(isEndless)];
  for (const { chunkId, attempt } of endless) {
    warn("a failed chunk that nothing settles is parked", { chunkId, attempt })();
    await parkChunk(chunkId)();
  }
  return E.right(others);
};

/** While the sink is down only the canary is tried; while an operator has paused the flow, nothing is. */
const chunksToStart = async (
  capabilities: PlanRedriveCapabilities,
  { breaker, canary }: Sink,
  operator: Breaker | undefined,
  ceiling: number,
): Promise<E.Either<StoreUnavailable, ReadonlyArray<ChunkRef>>> => {
  const now = capabilities.now();
  if (operator !== undefined) return E.right([]);
  if (breaker === undefined) {
    const due = await capabilities.findDueChunks(now, ceiling)();
    return E.isLeft(due) ? due : parkEndless(capabilities, due.right);
  }
  const isDue = canary !== undefined && canary.dueAt <= now && canary.status === "retrying";
  return E.right(isDue ? [{ chunkId: canary.chunkId, attempt: canary.attempt }] : []);
};

/** What this minute brings: whether the mapping is paused or resumed, and which failed chunks are tried again. */
export const planRedrive =
  ({
    mapping,
  }: t.TypeOf<typeof PlanRedriveInput>): ReaderTaskEither<
    PlanRedriveCapabilities,
    StoreUnavailable,
    PlanRedriveOutput
  > =>
  (capabilities) =>
  async () => {
    const sink = await reviewSink(capabilities);
    if (E.isLeft(sink)) return sink;
    const operator = await capabilities.readBreaker("operator")();
    if (E.isLeft(operator)) return operator;
    const tally = await capabilities.readTally();
    if (E.isLeft(tally)) return tally;
    const ceiling = nextCeiling(tally.right);
    const chunks = await chunksToStart(capabilities, sink.right, operator.right, ceiling);
    if (E.isLeft(chunks)) return chunks;
    const begun = await capabilities.beginMinute(ceiling, chunks.right.length)();
    if (E.isLeft(begun)) return begun;
    const isHeldBack = sink.right.breaker !== undefined || operator.right !== undefined;
    const genesys = await capabilities.readBreaker("genesys")();
    const isGenesysOpen = E.isRight(genesys) && genesys.right !== undefined;
    const errors = await capabilities.hasErrorObjects();
    capabilities.count({
      heldBack: isHeldBack ? 1 : 0,
      breakersOpen: (sink.right.breaker === undefined ? 0 : 1) + (isGenesysOpen ? 1 : 0),
      // What cannot be counted now is counted in a minute.
      ...(E.isRight(errors) ? { errorObjects: errors.right ? 1 : 0 } : {}),
      chunksStarted: chunks.right.length,
      // As many as may be started are due, so more may well be waiting.
      chunksLeft: !isHeldBack && chunks.right.length >= ceiling ? 1 : 0,
    })();
    return E.right({
      mapping: mappingChange(mapping, sink.right.breaker, operator.right),
      chunks: spread(chunks.right),
    });
  };
