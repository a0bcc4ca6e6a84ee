import * as t from "io-ts";
import type { EnrichPolicy } from "../enrichment/enrich.ts";
import type { EnrichmentMode } from "../enrichment/enrichment.ts";
import type { WatchHours } from "../time/watch-hours.ts";

/** A number as environment variables carry it. */
const NumberFromText = new t.Type<number, string, unknown>(
  "NumberFromText",
  t.number.is,
  (value, context) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? t.success(number) : t.failure(value, context);
  },
  String,
);

const EnrichmentModeC = t.keyof({ required: null, bestEffort: null, off: null }, "EnrichmentMode");

/**
 * What the Lambda runtime itself provides. `AWS_ENDPOINT_URL` and `GENESYS_BASE_URL` are set only where the services
 * are local ones.
 */
export const RuntimeEnvironment = t.intersection(
  [
    t.type({
      AWS_REGION: t.string,
      AWS_LAMBDA_FUNCTION_NAME: t.string,
      AWS_ACCESS_KEY_ID: t.string,
      AWS_SECRET_ACCESS_KEY: t.string,
    }),
    t.partial({
      LOG_LEVEL: t.string,
      AWS_SESSION_TOKEN: t.string,
      AWS_ENDPOINT_URL: t.string,
      LAMBDA_TASK_ROOT: t.string,
      GENESYS_BASE_URL: t.string,
    }),
  ],
  "RuntimeEnvironment",
);
export type RuntimeEnvironment = t.TypeOf<typeof RuntimeEnvironment>;

const genesys = {
  /** Domain of the organisation's region; empty where the stack has no organisation. */
  GENESYS_DOMAIN: t.string,
  GENESYS_SECRET_ARN: t.string,
  GENESYS_REQUESTS_PER_MINUTE: NumberFromText,
};

const redaction = {
  /** Names of members, separated by commas; empty: nothing is redacted, and there is no salt. */
  REDACT_FIELDS: t.string,
  REDACT_SALT_ARN: t.string,
};

const failedEvents = { FAILED_EVENTS_TABLE: t.string, BUCKET: t.string };

const delivering = {
  ...failedEvents,
  DELIVERIES_TABLE: t.string,
  DELIVERY_STREAM: t.string,
  USERS_TABLE: t.string,
  QUEUE_PRIORITIES_TABLE: t.string,
  ENRICHMENT_MODE: EnrichmentModeC,
  ENRICHMENT_MAX_DELAY_SECONDS: NumberFromText,
  /** This container's share of the delivery stream's quota. */
  DELIVERY_BYTES_PER_SECOND: NumberFromText,
};

export const ProcessBatchEnvironment = t.type(
  { ...delivering, ...genesys, ...redaction, BUFFER_URL: t.string, RETRY_MACHINE_ARN: t.string },
  "ProcessBatchEnvironment",
);

export const TransformRecordsEnvironment = t.type(
  {
    SHARDS: NumberFromText,
    QUEUE_PRIORITIES_TABLE: t.string,
    ADMISSION_LOG_TABLE: t.string,
    ADMISSION_ENABLED: t.keyof({ true: null, false: null }, "true or false"),
    MIN_PRIORITY: NumberFromText,
    MAX_EVENTS_PER_QUEUE_PER_SECOND: NumberFromText,
    UNKNOWN_QUEUE: t.keyof({ admit: null, drop: null }, "admit or drop"),
    EXCESS: t.keyof({ drop: null, store: null }, "drop or store"),
  },
  "TransformRecordsEnvironment",
);

export const ListQueuesEnvironment = t.type(genesys, "ListQueuesEnvironment");

export const ReviewQueuePrioritiesEnvironment = t.type(
  { QUEUE_PRIORITIES_TABLE: t.string },
  "ReviewQueuePrioritiesEnvironment",
);

export const ClaimFailedChunkEnvironment = t.type(failedEvents, "ClaimFailedChunkEnvironment");

export const EnrichFailedEventsEnvironment = t.type(
  { ...failedEvents, ...genesys, USERS_TABLE: t.string, ENRICHMENT_MODE: EnrichmentModeC },
  "EnrichFailedEventsEnvironment",
);

export const DeliverFailedEventsEnvironment = t.type(
  { ...delivering, ...redaction, MAXIMUM_EVENT_AGE_DAYS: NumberFromText },
  "DeliverFailedEventsEnvironment",
);

/** Hours in which silence is counted; an empty zone: never. Minutes since local midnight, and days as `Mon,Tue`. */
export const PlanRedriveEnvironment = t.type(
  {
    ...failedEvents,
    WATCH_ZONE: t.string,
    WATCH_FROM: NumberFromText,
    WATCH_TO: NumberFromText,
    WATCH_DAYS: t.string,
  },
  "PlanRedriveEnvironment",
);

export const watchHoursOf = (environment: t.TypeOf<typeof PlanRedriveEnvironment>): WatchHours | undefined =>
  environment.WATCH_ZONE === ""
    ? undefined
    : {
        zone: environment.WATCH_ZONE,
        from: environment.WATCH_FROM,
        to: environment.WATCH_TO,
        days: environment.WATCH_DAYS.split(","),
      };

export const PlanCompactionEnvironment = t.type({ BUCKET: t.string }, "PlanCompactionEnvironment");

export const ParkDeadLettersEnvironment = t.type(
  { ...failedEvents, ...redaction, DELIVERIES_TABLE: t.string },
  "ParkDeadLettersEnvironment",
);

export const enrichPolicyOf = (environment: {
  readonly ENRICHMENT_MODE: EnrichmentMode;
  readonly ENRICHMENT_MAX_DELAY_SECONDS: number;
}): EnrichPolicy => ({
  mode: environment.ENRICHMENT_MODE,
  maxDelaySeconds: environment.ENRICHMENT_MAX_DELAY_SECONDS,
});
