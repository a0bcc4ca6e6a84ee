import { type Instant, secondsToMilliseconds } from "../time/instant.ts";

/**
 * `sink`: nothing gets through to Firehose, so the buffer holds everything back. `operator`: somebody has paused the
 * flow. `genesys`: Genesys does not answer, so only one container asks it, now and then.
 */
export type BreakerName = "sink" | "operator" | "genesys";

/** An open breaker, shared by all containers; a closed one is no item at all. */
export interface Breaker {
  readonly name: BreakerName;
  readonly openedAt: Instant;
  readonly reason: string;
  /** Who opened it; for `operator` a person. */
  readonly by: string;
  /** The chunk whose redelivery shows that the sink is back. */
  readonly canary?: string;
  /** When one container may try again. */
  readonly probeAt?: Instant;
}

const longestReason = 500;

/** A reason as it is kept: in the table it is the key of an index, which takes no empty text and none over 2,048 bytes. */
export const shownReason = (reason: string): string =>
  reason === "" ? "no reason given" : reason.slice(0, longestReason);

/** A sink that took nothing for so long is down. */
export const sinkPatience = secondsToMilliseconds(20);

/** One request to Genesys in so long while it does not answer. */
export const probeEvery = secondsToMilliseconds(30);

/** A canary is tried again after this: once a minute, when redrive-failed-events runs. */
export const canaryEvery = secondsToMilliseconds(50);

export type MappingChange = "pause" | "resume" | "leave";

/** States as Lambda names them (GetEventSourceMapping). */
const isStopped = (state: string): boolean => state === "Disabled" || state === "Disabling";

/** The mapping runs while no breaker holds the flow back; whoever switched it, each minute this is made true again. */
export const mappingChange = (
  state: string,
  sink: Breaker | undefined,
  operator: Breaker | undefined,
): MappingChange => {
  const isHeld = sink !== undefined || operator !== undefined;
  if (isHeld) return isStopped(state) ? "leave" : "pause";
  return state === "Disabled" ? "resume" : "leave";
};

/** How the retries of the last minute went, and how many may be started in the next. */
export interface RetryTally {
  readonly ceiling: number;
  /** Of the retries that were started; what is missing has not ended, or has died. */
  readonly started: number;
  readonly delivered: number;
  readonly postponed: number;
}

export const lowestCeiling = 10;

/** An inline Map state runs 40 branches at once; more would wait for a branch and then for their own turn. */
export const highestCeiling = 40;

/** Halved after a minute in which most retries failed, doubled after one in which most succeeded. */
export const nextCeiling = ({ ceiling, started, delivered, postponed }: RetryTally): number => {
  if (Math.max(postponed, started - delivered) > delivered) return Math.max(lowestCeiling, Math.floor(ceiling / 2));
  return delivered > postponed ? Math.min(highestCeiling, ceiling * 2) : ceiling;
};
