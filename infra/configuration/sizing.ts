import { eventTypes } from "../../src/event/event-type.ts";
import type { Configuration } from "./schema.ts";

/*
 * What follows from the volume that a stack expects. Objects are as large as the promised age of events allows: small
 * ones cost a request each and slow every query down.
 */

const kilobyte = 1024;
const mebibyte = 1024 * 1024;
const secondsOfDay = 24 * 60 * 60;

/** A median object of so many bytes is large enough; compressed, as it lies in S3. */
const goodObjectBytes = 5 * mebibyte;

/** Measured on the sample campaign: 11.2 MB of lines of queue entries are 1.8 MB of gzip. */
const compression = 6;

/** Containers of enrich-failed-events, which ask Genesys beside those of process-batch. */
export const enrichFailedConcurrency = 2;

/** AWS leaves so much of an account's concurrency unreserved, or all where the account has less. */
export const leastUnreserved = 100;

/** Concurrency that the stack's functions reserve. */
export const reservedConcurrencyOf = ({
  lambda,
  processing,
  admission,
}: Pick<Configuration, "lambda" | "processing" | "admission">): number =>
  lambda.reserveConcurrency
    ? processing.maximumConcurrency + admission.reservedConcurrency + enrichFailedConcurrency
    : 0;

type Sized = Pick<Configuration, "expected" | "delivery" | "topics" | "admission" | "processing">;

/** An event's way to S3 beside the partition's buffer: the batching window, the transform's 15 s, and the work; seconds. */
const otherSeconds = ({ processing }: Pick<Configuration, "processing">): number =>
  processing.batchingWindowSeconds + 25;

const bytesPerSecond = (eventsPerMinute: number, { expected }: Pick<Configuration, "expected">): number =>
  (eventsPerMinute * expected.eventKilobytes * kilobyte) / 60;

/** MiB a second in the expected peak. */
export const peakMebibytes = (configuration: Pick<Configuration, "expected">): number =>
  bytesPerSecond(configuration.expected.peakEventsPerMinute, configuration) / mebibyte;

/** Types that are written side by side: those that the rule takes, or all. */
const typesOf = ({ topics }: Pick<Configuration, "topics">): number =>
  topics.length === 0 ? eventTypes.length : Math.min(topics.length, eventTypes.length);

/** Partitions of one date that are written side by side; excess is one more. */
const partitionsOf = (configuration: Sized): number =>
  (typesOf(configuration) + (configuration.admission.excess === "store" ? 1 : 0)) * configuration.delivery.shards;

/** Firehose's bounds. */
const shortest = 60;
const longest = 900;

/**
 * After how many seconds a partition's object is written: as configured, else once it is large enough at the expected
 * volume, and in time for the promised age in any case.
 */
export const bufferSecondsOf = (configuration: Sized): number => {
  const { bufferSeconds, freshnessMinutes } = configuration.delivery;
  if (bufferSeconds !== "auto") return bufferSeconds;
  const perPartition =
    bytesPerSecond(configuration.expected.eventsPerMinute, configuration) / partitionsOf(configuration);
  const untilLarge = Math.ceil((goodObjectBytes * compression) / perPartition);
  const inTime = freshnessMinutes * 60 - otherSeconds(configuration);
  return Math.max(shortest, Math.min(longest, inTime, untilLarge));
};

/** What the choice means; objects are those of a day on which every partition has something to write all the time. */
export const sizingOf = (configuration: Sized) => {
  const seconds = bufferSecondsOf(configuration);
  const eventsPerDay = configuration.expected.eventsPerMinute * 24 * 60;
  const objectsPerDay = Math.min(eventsPerDay, partitionsOf(configuration) * Math.ceil(secondsOfDay / seconds));
  return {
    bufferSeconds: seconds,
    shards: configuration.delivery.shards,
    freshnessSeconds: seconds + otherSeconds(configuration),
    objectsPerDay,
    bytesPerObject: Math.round(
      (eventsPerDay * configuration.expected.eventKilobytes * kilobyte) / compression / objectsPerDay,
    ),
    /** PUT requests of S3 ($0.005 a thousand) and Firehose's own charge for objects of dynamic partitioning (the same). */
    dollarsPerMonth: (objectsPerDay * 30 * 0.01) / 1000,
  };
};
