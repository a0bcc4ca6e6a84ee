import type { Configuration } from "../configuration/schema.ts";

/** A metric of AWS or of our own functions. */
export interface Watched {
  readonly namespace: string;
  readonly metric: string;
  /** Dimensions by name; values are names of resources, see `ResourceName`. */
  readonly dimension: { readonly name: string; readonly of: ResourceName };
  /** A second one, where the metric has two: a rule of a bus other than the default one. */
  readonly within?: { readonly name: string; readonly of: ResourceName };
}

/** The resources that alarms look at; their physical names are known only when they are made. */
export type ResourceName =
  | "buffer"
  | "buffer-dead-letters"
  | "target-dead-letters"
  | "schedule-dead-letters"
  | "process-batch"
  | "transform-records"
  | "deliver-failed-events"
  | "park-dead-letters"
  | "plan-redrive"
  | "refresh-queue-priorities"
  | "compact-events"
  | "retry-failed-events"
  | "redrive-failed-events"
  | "rule"
  | "bus"
  | "stream";

export interface AlarmRow {
  readonly name: string;
  /** What it means, and why it matters. */
  readonly meaning: string;
  /** What to run first. */
  readonly firstCommand: string;
  /** Each has an alarm of its own. */
  readonly watches: ReadonlyArray<Watched>;
  readonly statistic: "Sum" | "Maximum" | "Minimum" | "Average" | "SampleCount";
  readonly periodSeconds: number;
  readonly periods: number;
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  /** A number, or the configuration's own. */
  readonly threshold: number | ((configuration: Configuration) => number);
  /** A stack without this resource has no such alarm, though it has what the alarm watches. */
  readonly needs?: ResourceName;
  /** Whether the configuration asks for it; absent: always. */
  readonly isWanted?: (configuration: Configuration) => boolean;
  /** Its silence is the failure; else no traffic is none. */
  readonly isAlarmedBySilence?: true;
}

const areSeveral = (values: ReadonlyArray<string>): boolean => new Set(values).size > 1;

/** The row's name, and behind it what tells this alarm from the row's others. */
export const alarmName = ({ name, watches }: AlarmRow, { metric, dimension }: Watched): string =>
  [
    name,
    ...(areSeveral(watches.map((each) => each.dimension.of)) ? [dimension.of] : []),
    ...(areSeveral(watches.map((each) => each.metric)) ? [metric] : []),
  ].join("-");

export const sqs = (metric: string, of: ResourceName): Watched => ({
  namespace: "AWS/SQS",
  metric,
  dimension: { name: "QueueName", of },
});
export const lambda = (metric: string, of: ResourceName): Watched => ({
  namespace: "AWS/Lambda",
  metric,
  dimension: { name: "FunctionName", of },
});
export const firehose = (metric: string): Watched => ({
  namespace: "AWS/Firehose",
  metric,
  dimension: { name: "DeliveryStreamName", of: "stream" },
});
export const events = (metric: string): Watched => ({
  namespace: "AWS/Events",
  metric,
  dimension: { name: "RuleName", of: "rule" },
  within: { name: "EventBusName", of: "bus" },
});
export const states = (metric: string, of: ResourceName): Watched => ({
  namespace: "AWS/States",
  metric,
  dimension: { name: "StateMachineArn", of },
});
export const own = (metric: string, of: ResourceName): Watched => ({
  namespace: "Floodgate",
  metric,
  dimension: { name: "service", of },
});

export const above = { comparison: "GreaterThanThreshold", threshold: 0 } as const;
export const fiveMinutes = { periodSeconds: 300, periods: 1 } as const;
/** Anything at all within five minutes: counted, or seen once. */
export const anyInFiveMinutes = { statistic: "Sum", ...fiveMinutes, ...above } as const;
export const everAboveNone = { statistic: "Maximum", ...fiveMinutes, ...above } as const;
