import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as t from "io-ts";
import type { ChunkRef } from "../domain/failed-chunk.ts";
import type { Clock } from "../ports/clock.ts";
import type { DueFailedChunks, FailedEventsUnavailable } from "../ports/failed-events.ts";

export type ListDueChunksCapabilities = DueFailedChunks & Pick<Clock, "now">;

export const ListDueChunksInput = t.type({}, "ListDueChunksInput");

export interface ListDueChunksOutput {
  readonly chunks: ReadonlyArray<ChunkRef>;
}

/** Chunks that one minute starts, at most; as a list in a state they take less than 10 KB. */
const mostPerMinute = 100;

/** The chunks whose next attempt is due, oldest first. */
export const listDueChunks = (): RTE.ReaderTaskEither<
  ListDueChunksCapabilities,
  FailedEventsUnavailable,
  ListDueChunksOutput
> =>
  pipe(
    RTE.ask<ListDueChunksCapabilities>(),
    RTE.flatMap(({ findDueChunks, now }) => RTE.fromTaskEither(findDueChunks(now(), mostPerMinute))),
    RTE.map((chunks) => ({ chunks })),
  );
