import { afterLastTurn, maximumRecordBytes } from "../../src/delivery/delivered-line.ts";
import { minutesOfDay, silenceMinutes } from "../alarms/silence-minutes.ts";
import { containerBytesPerSecond, streamShare } from "../constructors/quota-shares.ts";
import type { Check } from "./mistake.ts";
import { busInvocations } from "./regional-quotas.ts";
import { leastUnreserved, peakMebibytes, reservedConcurrencyOf, sizingOf } from "./sizing.ts";

const mebibyte = 1024 * 1024;

/** What a batch needs beside the time in which it is delivered: to ask Genesys once, and to end; in seconds. */
const reservedSeconds = 10 + afterLastTurn / 1000;

/** The most that Lambda brings in one batch. */
const largestPayloadBytes = 6 * mebibyte;

/** Deliveries are paced, so each container has a share of the quota; in its time the largest batch has to get through. */
const largestBatchFits: Check = (configuration) => {
  const { processing, delivery } = configuration;
  const bytes = Math.min(largestPayloadBytes, processing.batchSize * maximumRecordBytes);
  const seconds = Math.ceil(bytes / containerBytesPerSecond(configuration));
  return seconds > processing.timeoutSeconds - reservedSeconds
    ? [
        {
          key: "floodgate:processing.maximumConcurrency",
          value: String(processing.maximumConcurrency),
          rule: `leaves each invocation so small a share of ${delivery.quotaMebibytesPerSecond} MiB/s that a batch of ${Math.floor(bytes / 1024)} KiB takes ${seconds} s, and timeoutSeconds allows ${processing.timeoutSeconds - reservedSeconds}`,
          fix: "Set it lower, timeoutSeconds higher, or quotaMebibytesPerSecond to what AWS has granted.",
        },
      ]
    : [];
};

/** What the stream gets through in the expected peak, beside retries. */
const peakFitsStream: Check = (configuration) => {
  const { expected, delivery, processing } = configuration;
  const peak = peakMebibytes(configuration);
  const most = (containerBytesPerSecond(configuration) * processing.maximumConcurrency) / mebibyte;
  return peak > most
    ? [
        {
          key: "floodgate:expected.peakEventsPerMinute",
          value: String(expected.peakEventsPerMinute),
          rule: `makes ${peak.toFixed(2)} MiB/s with events of ${expected.eventKilobytes} KiB, and of the stream's ${delivery.quotaMebibytesPerSecond} MiB/s ${most.toFixed(2)} are for it (the rest is for retries)`,
          fix: `Ask AWS for ${Math.ceil(peak / streamShare)} MiB/s or more (Service Quotas, Amazon Data Firehose, direct PUT) and set floodgate:delivery.quotaMebibytesPerSecond to it.`,
        },
      ]
    : [];
};

const peakFitsBus: Check = ({ expected }, region) => {
  const perSecond = Math.ceil(expected.peakEventsPerMinute / 60);
  return perSecond > busInvocations(region)
    ? [
        {
          key: "floodgate:expected.peakEventsPerMinute",
          value: String(expected.peakEventsPerMinute),
          rule: `makes ${perSecond} events a second, and EventBridge sends ${busInvocations(region)} a second to targets in ${region} (more are delayed)`,
          fix: "Ask AWS for more (Service Quotas, Amazon EventBridge, invocations), or take a region that has more.",
        },
      ]
    : [];
};

const peakIsHighest: Check = ({ expected }) =>
  expected.peakEventsPerMinute < expected.eventsPerMinute
    ? [
        {
          key: "floodgate:expected.peakEventsPerMinute",
          value: String(expected.peakEventsPerMinute),
          rule: `is below eventsPerMinute, ${expected.eventsPerMinute}`,
          fix: "Set it to what a campaign brings.",
        },
      ]
    : [];

const reservationsFit: Check = (configuration) => {
  const reserved = reservedConcurrencyOf(configuration);
  const { accountConcurrency } = configuration.lambda;
  return reserved > 0 && accountConcurrency - reserved < leastUnreserved
    ? [
        {
          key: "floodgate:lambda.accountConcurrency",
          value: String(accountConcurrency),
          rule: `is too little: functions reserve ${reserved}, and AWS keeps ${leastUnreserved} unreserved`,
          fix: `Ask AWS for ${reserved + leastUnreserved} (Service Quotas, AWS Lambda, concurrent executions) and set it to that, reserve less, or set floodgate:lambda.reserveConcurrency to false.`,
        },
      ]
    : [];
};

const bufferDays = 14;

/** What has expired in the buffer can only come back from the archive. */
const archiveOutlivesBuffer: Check = ({ archive }) =>
  archive.retentionDays > 0 && archive.retentionDays <= bufferDays
    ? [
        {
          key: "floodgate:archive.retentionDays",
          value: String(archive.retentionDays),
          rule: `is not longer than the ${bufferDays} days that an event may wait in the buffer, so neither has it afterwards`,
          fix: "Set it to 21, or to 0 for no archive.",
        },
      ]
    : [];

/** Silence is counted within the hours, so it cannot last longer than they are open. */
const silenceCanRing: Check = (configuration) => {
  const { silence } = configuration.alarms;
  const open = (minutesOfDay(silence.to) - minutesOfDay(silence.from) + 24 * 60) % (24 * 60);
  const minutes = silenceMinutes(configuration);
  const rule =
    silence.days.length === 0
      ? "names no day, so silence is never counted"
      : open > 0 && minutes >= open
        ? `is never reached within the ${open} minutes from ${silence.from} to ${silence.to}`
        : undefined;
  const key = silence.days.length === 0 ? "days" : "minutes";
  return rule === undefined || minutes === 0
    ? []
    : [
        {
          key: `floodgate:alarms.silence.${key}`,
          value: JSON.stringify(silence[key]),
          rule,
          fix: "Set it lower, the hours wider, or minutes to 0 for no such alarm.",
        },
      ];
};

const freshnessCanBeKept: Check = (configuration) => {
  const { freshnessMinutes, bufferSeconds } = configuration.delivery;
  const { freshnessSeconds } = sizingOf(configuration);
  return bufferSeconds === "auto" && freshnessSeconds > freshnessMinutes * 60
    ? [
        {
          key: "floodgate:delivery.freshnessMinutes",
          value: String(freshnessMinutes),
          rule: `cannot be kept: with processing.batchingWindowSeconds ${configuration.processing.batchingWindowSeconds} an event may take ${freshnessSeconds} s to S3`,
          fix: "Set it higher, or processing.batchingWindowSeconds lower.",
        },
      ]
    : [];
};

/** Whether what a stack is made for fits into what AWS gives it. */
export const capacityChecks: ReadonlyArray<Check> = [
  largestBatchFits,
  peakIsHighest,
  peakFitsStream,
  peakFitsBus,
  reservationsFit,
  archiveOutlivesBuffer,
  silenceCanRing,
  freshnessCanBeKept,
];
