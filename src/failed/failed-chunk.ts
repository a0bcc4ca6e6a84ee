import { hash } from "node:crypto";
import { type FailureClass, isGenesysFailure, type TransientFailure } from "../event/failure.ts";
import type { Backoff } from "../time/backoff.ts";
import { waitBefore } from "../time/backoff.ts";
import { day, type Instant, secondsToMilliseconds, toDate } from "../time/instant.ts";
import type { FailedEvent } from "./failed-event.ts";

/** Names one attempt at a chunk: whoever moves it from this attempt to the next has claimed it. */
export interface ChunkRef {
  readonly chunkId: string;
  readonly attempt: number;
}

/** The index item of a failed chunk: at most 1 KB, one write unit. The events themselves lie in the object. */
export interface FailedChunk extends ChunkRef {
  readonly status: "retrying" | "parked";
  readonly failure: FailureClass;
  readonly object: string;
  readonly events: number;
  readonly createdAt: Instant;
  /** Its redelivery shows whether the sink is back, so it is tried every minute. */
  readonly isCanary: boolean;
  /** When it is due: the end of the lease while an execution has it, else the time of its next attempt. */
  readonly dueAt: Instant;
}

/** Longer than any execution of retry-failed-events (290 s): what died with its execution is due again then. */
export const leaseFor = 330_000;

const hour = 60 * 60 * 1000;

const minute = 60_000;

/** Attempts at a chunk: from half a minute to six hours apart, with full jitter. */
const retryBackoff: Backoff = {
  firstMilliseconds: 30_000,
  longestMilliseconds: 6 * hour,
  tries: Number.POSITIVE_INFINITY,
};

/** What waits for names waits an hour at most and asks a guarded Genesys, so it may come back sooner. */
const genesysBackoff: Backoff = { ...retryBackoff, longestMilliseconds: 10 * minute };

const backoffOf = (failure: TransientFailure): Backoff => (isGenesysFailure(failure) ? genesysBackoff : retryBackoff);

interface LastAttempt {
  readonly attempt: number;
  readonly failure: TransientFailure;
  readonly retryAfterSeconds: number;
}

/** When a chunk is tried again after its attempt `attempt` left something behind; never before the vendor allows. */
export const nextAttemptAt = (
  { attempt, failure, retryAfterSeconds }: LastAttempt,
  now: Instant,
  random: number,
): Instant =>
  now + Math.max(waitBefore(backoffOf(failure), attempt + 1, random), secondsToMilliseconds(retryAfterSeconds), 1000);

/**
 * Far more attempts than fit 14 days, even with short waits. A chunk that has made so many is never settled, because its
 * executions die: it is parked. Brought back, it has as many again.
 */
const attemptsUntilEndless = 300;

export const isEndless = ({ attempt }: ChunkRef): boolean => attempt > 0 && attempt % attemptsUntilEndless === 0;

/** Events older than this are parked instead of being tried once more. */
export const isBeyondHorizon = (receivedAt: Instant, now: Instant, maximumAgeDays: number): boolean =>
  now - receivedAt > maximumAgeDays * day;

/** The index of due chunks is read in shards, so that no single partition takes all writes of an outage. */
export const dueShards = 4;

export const dueShardOf = (chunkId: string): string =>
  `retrying#${Number.parseInt(hash("md5", chunkId, "hex").slice(0, 4), 16) % dueShards}`;

export const failedObjectName = (chunkId: string, attempt: number, createdAt: Instant): string =>
  `failed/${toDate(createdAt)}/${chunkId}.${attempt}.jsonl.gz`;

/** Whether an attempt at a chunk has left its remainder already: whoever repeats it must not deliver it again at once. */
export const isSettled = ({ chunkId, attempt, object }: Pick<FailedChunk, "chunkId" | "attempt" | "object">): boolean =>
  attempt > 0 && object.includes(`/${chunkId}.${attempt}.`);

const mostParkedIds = 8;

/**
 * The ids that a parked chunk may have, in this order: the same for the same messages, so that events which are parked
 * again after a crash are parked once. Another than the first is taken where something else lies under it, such as the
 * chunk out of which a retry parks them.
 */
export const parkedChunkIds = (failure: string, events: ReadonlyArray<FailedEvent>): ReadonlyArray<string> => {
  const text = [failure, ...events.map(({ messageId }) => messageId).toSorted()].join("\n");
  return Array.from({ length: mostParkedIds }, (_, taken) =>
    hash("sha256", taken === 0 ? text : `${text}\n${taken}`, "hex").slice(0, 32),
  );
};

/**
 * Whether a chunk that lies under the id of a new one is that very chunk, written before by a call whose answer got lost.
 * An id follows from the events or is random, so a parked chunk with as many events holds these; one that is retried may
 * have lost some to their delivery since.
 */
export const isSameChunk = (
  stored: Pick<FailedChunk, "status" | "events">,
  status: FailedChunk["status"],
  events: number,
): boolean => stored.status === status && (status === "retrying" || stored.events === events);

/** The times of a parked chunk: those of its first event, so that parking it again changes nothing. */
export const parkedAt = ([first]: ReadonlyArray<FailedEvent>) => {
  const receivedAt = first?.receivedAt ?? 0;
  return { createdAt: receivedAt, dueAt: receivedAt };
};

/** Where a parked chunk lies once some of its events have been taken out: a new name each time. */
export const shrunkObjectName = ({ object }: Pick<FailedChunk, "object">): string =>
  object.replace(/(?:\+(\d+))?\.jsonl\.gz$/, (_, times: string | undefined) => `+${Number(times ?? 0) + 1}.jsonl.gz`);
