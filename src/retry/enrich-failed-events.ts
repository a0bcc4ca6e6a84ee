import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as t from "io-ts";
import type { EnrichmentMode } from "../enrichment/enrichment.ts";
import { type FindUsersCapabilities, findUsers } from "../enrichment/find-users.ts";
import { decodeMessages } from "../event/decode-messages.ts";
import type { ChunkRef } from "../failed/failed-chunk.ts";
import { type FailedEvent, toMessage } from "../failed/failed-event.ts";
import type { FailedEventsUnavailable, LoadFailedChunks } from "../failed/ports.ts";
import { type GenesysError, genesysFailureOf } from "../genesys/genesys-error.ts";
import type { Telemetry } from "../telemetry/ports.ts";

export type EnrichFailedEventsCapabilities = LoadFailedChunks & FindUsersCapabilities & Telemetry;

export const EnrichFailedEventsInput = t.intersection([
  t.type({ chunkId: t.string, attempt: t.number }),
  t.partial({ hasWaited: t.boolean }),
]);
type Input = t.TypeOf<typeof EnrichFailedEventsInput>;

/** `genesysFailure`: why names are missing, for whoever delivers; empty when none is. `wait`: Genesys wants us to, and it is short enough for this execution. `retryAfterSeconds`: it is not. */
export type EnrichFailedEventsOutput = ChunkRef &
  (
    | { readonly status: "ready"; readonly retryAfterSeconds: number; readonly genesysFailure: string }
    | { readonly status: "wait"; readonly seconds: number; readonly hasWaited: true }
  );

/** A request to Genesys takes at most ten seconds. */
const longestRequest = 11_000;

/** Longest wait within an execution; a longer one moves the chunk's next attempt instead. */
const longestWaitSeconds = 20;

const userIdsOf = (events: ReadonlyArray<FailedEvent>, telemetry: Telemetry): ReadonlyArray<string> => [
  ...new Set(decodeMessages(events.map(toMessage), telemetry).events.flatMap(({ userId }) => userId ?? [])),
];

const answer = ({ chunkId, attempt, hasWaited }: Input, error: GenesysError | undefined): EnrichFailedEventsOutput => {
  const waitSeconds = error?._tag === "GenesysRateLimited" ? error.retryAfterSeconds : 0;
  return waitSeconds > 0 && waitSeconds <= longestWaitSeconds && hasWaited !== true
    ? { chunkId, attempt, status: "wait", seconds: waitSeconds, hasWaited: true }
    : {
        chunkId,
        attempt,
        status: "ready",
        retryAfterSeconds: waitSeconds,
        genesysFailure: error === undefined ? "" : genesysFailureOf(error),
      };
};

/** Fetches the users that a chunk's events name into the cache, from where the delivery takes them. */
export const enrichFailedEvents =
  (mode: EnrichmentMode) =>
  (
    input: Input,
  ): RTE.ReaderTaskEither<EnrichFailedEventsCapabilities, FailedEventsUnavailable, EnrichFailedEventsOutput> =>
    pipe(
      RTE.ask<EnrichFailedEventsCapabilities>(),
      RTE.flatMap((capabilities) =>
        pipe(
          RTE.fromTaskEither(capabilities.loadChunk(input.chunkId)),
          RTE.flatMap((loaded) =>
            RTE.rightReaderTask(
              findUsers(mode === "off" ? [] : userIdsOf(loaded?.events ?? [], capabilities), longestRequest),
            ),
          ),
          RTE.map(({ error }) => answer(input, error)),
        ),
      ),
    );
