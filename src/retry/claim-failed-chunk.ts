import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as t from "io-ts";
import { type ChunkRef, leaseFor } from "../failed/failed-chunk.ts";
import type { FailedEventsStore, FailedEventsUnavailable } from "../failed/ports.ts";
import type { Clock } from "../time/ports.ts";

type ClaimCapabilities = Pick<FailedEventsStore, "claimChunk"> & Pick<Clock, "now">;

export const ChunkRefInput = t.type({ chunkId: t.string, attempt: t.number }, "ChunkRefInput");

type ClaimFailedChunkOutput = (ChunkRef & { readonly status: "claimed" }) | { readonly status: "lost" };

/** Takes the next attempt at a chunk for this execution; a claim that is lost ends the execution well. */
export const claimFailedChunk = (
  ref: ChunkRef,
): RTE.ReaderTaskEither<ClaimCapabilities, FailedEventsUnavailable, ClaimFailedChunkOutput> =>
  pipe(
    RTE.ask<ClaimCapabilities>(),
    RTE.flatMap(({ claimChunk, now }) => RTE.fromTaskEither(claimChunk(ref, now() + leaseFor))),
    RTE.map((claimed) => (claimed === undefined ? { status: "lost" } : { ...claimed, status: "claimed" })),
  );
