import * as E from "fp-ts/lib/Either.js";
import type * as t from "io-ts";
import { describe, expect, it } from "vitest";
import {
  ClaimFailedChunkEnvironment,
  DeliverFailedEventsEnvironment,
  EnrichFailedEventsEnvironment,
  enrichPolicyOf,
  ListQueuesEnvironment,
  ParkDeadLettersEnvironment,
  PlanRedriveEnvironment,
  ProcessBatchEnvironment,
  ReviewQueuePrioritiesEnvironment,
  RuntimeEnvironment,
  TransformRecordsEnvironment,
  watchHoursOf,
} from "../../src/runtime/environment.ts";

const failedEvents = { FAILED_EVENTS_TABLE: "f", BUCKET: "b" };
const genesys = { GENESYS_DOMAIN: "d", GENESYS_SECRET_ARN: "a", GENESYS_REQUESTS_PER_MINUTE: "300" };
const redaction = { REDACT_FIELDS: "", REDACT_SALT_ARN: "" };
const delivering = {
  ...failedEvents,
  DELIVERIES_TABLE: "t",
  DELIVERY_STREAM: "s",
  USERS_TABLE: "u",
  QUEUE_PRIORITIES_TABLE: "q",
  ENRICHMENT_MODE: "required",
  ENRICHMENT_MAX_DELAY_SECONDS: "3600",
  DELIVERY_BYTES_PER_SECOND: "1024.5",
};
const numbers = new Set([
  "GENESYS_REQUESTS_PER_MINUTE",
  "ENRICHMENT_MAX_DELAY_SECONDS",
  "DELIVERY_BYTES_PER_SECOND",
  "SHARDS",
  "MIN_PRIORITY",
  "MAX_EVENTS_PER_QUEUE_PER_SECOND",
  "MAXIMUM_EVENT_AGE_DAYS",
  "WATCH_FROM",
  "WATCH_TO",
]);
const choices = new Set(["ENRICHMENT_MODE", "ADMISSION_ENABLED", "UNKNOWN_QUEUE", "EXCESS"]);

type Codec = t.Mixed;

/** Every environment with the variables that its function has, as Lambda gives them. */
const environments: ReadonlyArray<readonly [string, Codec, Readonly<Record<string, string>>]> = [
  [
    "ProcessBatchEnvironment",
    ProcessBatchEnvironment,
    { ...delivering, ...genesys, ...redaction, BUFFER_URL: "b", RETRY_MACHINE_ARN: "m" },
  ],
  [
    "TransformRecordsEnvironment",
    TransformRecordsEnvironment,
    {
      SHARDS: "4",
      QUEUE_PRIORITIES_TABLE: "q",
      ADMISSION_LOG_TABLE: "l",
      ADMISSION_ENABLED: "true",
      MIN_PRIORITY: "3",
      MAX_EVENTS_PER_QUEUE_PER_SECOND: "20",
      UNKNOWN_QUEUE: "admit",
      EXCESS: "store",
    },
  ],
  ["ListQueuesEnvironment", ListQueuesEnvironment, genesys],
  ["ReviewQueuePrioritiesEnvironment", ReviewQueuePrioritiesEnvironment, { QUEUE_PRIORITIES_TABLE: "q" }],
  ["ClaimFailedChunkEnvironment", ClaimFailedChunkEnvironment, failedEvents],
  [
    "EnrichFailedEventsEnvironment",
    EnrichFailedEventsEnvironment,
    { ...failedEvents, ...genesys, USERS_TABLE: "u", ENRICHMENT_MODE: "off" },
  ],
  [
    "DeliverFailedEventsEnvironment",
    DeliverFailedEventsEnvironment,
    { ...delivering, ...redaction, MAXIMUM_EVENT_AGE_DAYS: "14" },
  ],
  [
    "PlanRedriveEnvironment",
    PlanRedriveEnvironment,
    { ...failedEvents, WATCH_ZONE: "Europe/Berlin", WATCH_FROM: "480", WATCH_TO: "1200", WATCH_DAYS: "Mon,Tue" },
  ],
  ["ParkDeadLettersEnvironment", ParkDeadLettersEnvironment, { ...failedEvents, ...redaction, DELIVERIES_TABLE: "t" }],
];

describe.each(environments)("%s", (name, codec, variables) => {
  it("has each of its variables, numbers as numbers", () => {
    const read = Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, numbers.has(key) ? Number(value) : value]),
    );
    expect([codec.name, codec.decode(variables)]).toStrictEqual([name, E.right(read)]);
  });

  it.each(Object.keys(variables))("needs %s, and takes nothing else for it", (key) => {
    const { [key]: _, ...others } = variables;
    expect(E.isLeft(codec.decode(others))).toBe(true);
    const wrong = numbers.has(key) ? ["", " ", "many", "Infinity", 5] : choices.has(key) ? ["", "other"] : [5];
    expect(wrong.filter((value) => E.isRight(codec.decode({ ...variables, [key]: value })))).toStrictEqual([]);
  });
});

describe("choices", () => {
  const transform = environments[1]?.[2] ?? {};
  const takes = (codec: Codec, variables: object, key: string, values: ReadonlyArray<string>) =>
    values.map((value) => E.isRight(codec.decode({ ...variables, [key]: value })));

  it("are all that are documented", () => {
    expect([
      takes(ListEnrichment.codec, ListEnrichment.variables, "ENRICHMENT_MODE", ["required", "bestEffort", "off"]),
      takes(TransformRecordsEnvironment, transform, "ADMISSION_ENABLED", ["true", "false"]),
      takes(TransformRecordsEnvironment, transform, "UNKNOWN_QUEUE", ["admit", "drop"]),
      takes(TransformRecordsEnvironment, transform, "EXCESS", ["drop", "store"]),
    ]).toStrictEqual([
      [true, true, true],
      [true, true],
      [true, true],
      [true, true],
    ]);
  });
});

const ListEnrichment = {
  codec: EnrichFailedEventsEnvironment,
  variables: { ...failedEvents, ...genesys, USERS_TABLE: "u" },
};

describe("RuntimeEnvironment", () => {
  const least = {
    AWS_REGION: "r",
    AWS_LAMBDA_FUNCTION_NAME: "f",
    AWS_ACCESS_KEY_ID: "i",
    AWS_SECRET_ACCESS_KEY: "s",
  };
  const more = ["LOG_LEVEL", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "LAMBDA_TASK_ROOT", "GENESYS_BASE_URL"];

  it("needs what Lambda always has, and takes what it may have", () => {
    expect([RuntimeEnvironment.is(least), RuntimeEnvironment.name]).toStrictEqual([true, "RuntimeEnvironment"]);
    for (const key of Object.keys(least)) expect(RuntimeEnvironment.is({ ...least, [key]: 5 })).toBe(false);
    for (const key of more) {
      expect([
        key,
        RuntimeEnvironment.is({ ...least, [key]: 5 }),
        RuntimeEnvironment.is({ ...least, [key]: "x" }),
      ]).toStrictEqual([key, false, true]);
    }
  });
});

describe("watchHoursOf and enrichPolicyOf", () => {
  it("read what steps take, and no hours without a zone", () => {
    const hours = { ...failedEvents, WATCH_FROM: 480, WATCH_TO: 1_200, WATCH_DAYS: "Mon,Tue" };
    expect([
      watchHoursOf({ ...hours, WATCH_ZONE: "Europe/Berlin" }),
      watchHoursOf({ ...hours, WATCH_ZONE: "" }),
      enrichPolicyOf({ ENRICHMENT_MODE: "off", ENRICHMENT_MAX_DELAY_SECONDS: 9 }),
    ]).toStrictEqual([
      { zone: "Europe/Berlin", from: 480, to: 1_200, days: ["Mon", "Tue"] },
      undefined,
      { mode: "off", maxDelaySeconds: 9 },
    ]);
  });
});
