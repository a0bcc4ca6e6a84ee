import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as t from "io-ts";
import { findUsers, type LookUpNames } from "../enrichment/enrich.ts";
import type { EnrichmentMode } from "../enrichment/enrichment.ts";
import { decodeMessages } from "../event/decode-messages.ts";
import type { Failure } from "../event/failure.ts";
import type { ChunkRef } from "../failed/failed-chunk.ts";
import { toMessage } from "../failed/failed-event.ts";
import type { FailedEventsStore, FailedEventsUnavailable } from "../failed/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";

type EnrichFailedEventsCapabilities = Pick<FailedEventsStore, "loadChunk"> & LookUpNames & Telemetry;

export const EnrichFailedEventsInput = t.intersection(
  [t.type({ chunkId: t.string, attempt: t.number }), t.partial({ hasWaited: t.boolean })],
  "EnrichFailedEventsInput",
);
type Input = t.TypeOf<typeof EnrichFailedEventsInput>;

/**
 * `wait`: Genesys wants us to, and it is short enough for this execution. `missing`: why names are missing, for whoever
 * delivers; absent when none is.
 */
type EnrichFailedEventsOutput = ChunkRef &
  (
    | { readonly status: "ready"; readonly missing?: Failure }
    | { readonly status: "wait"; readonly seconds: number; readonly hasWaited: true }
  );

/** A request to Genesys takes at most ten seconds. */
const longestRequest = 11_000;

/** Longest wait within an execution; a longer one moves the chunk's next attempt instead. */
const longestWaitSeconds = 20;

const answer = ({ chunkId, attempt, hasWaited }: Input, missing: Failure | undefined): EnrichFailedEventsOutput => {
  const seconds = missing?.retryAfterSeconds ?? 0;
  const isShort = seconds > 0 && seconds <= longestWaitSeconds;
  if (isShort && hasWaited !== true) return { chunkId, attempt, status: "wait", seconds, hasWaited: true };
  return { chunkId, attempt, status: "ready", ...(missing === undefined ? {} : { missing }) };
};

/** Fetches the users that a chunk's events name into the cache, from where the delivery takes them. */
export const enrichFailedEvents =
  (mode: EnrichmentMode) =>
  (
    input: Input,
  ): RTE.ReaderTaskEither<EnrichFailedEventsCapabilities, FailedEventsUnavailable, EnrichFailedEventsOutput> =>
    pipe(
      RTE.ask<EnrichFailedEventsCapabilities>(),
      RTE.bindTo("capabilities"),
      RTE.bind("loaded", ({ capabilities }) => RTE.fromTaskEither(capabilities.loadChunk(input.chunkId))),
      RTE.let("messages", ({ loaded }) => (mode === "off" ? [] : (loaded?.events ?? []).map(toMessage))),
      RTE.bindW("found", ({ messages, capabilities }) =>
        RTE.rightReaderTask(findUsers(decodeMessages(messages, capabilities).events, longestRequest)),
      ),
      RTE.map(({ found }) => answer(input, found.missing)),
    );
